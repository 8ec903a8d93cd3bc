//! Where OpenTelemetry senders push to: `POST /v1/metrics` and `MetricsService/Export`.
//!
//! A sender names no source: the token that it shows selects one, and is its only authentication.

mod export;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{DefaultBodyLimit, FromRequest as _, State},
    response::Response,
    routing::post,
};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header::RETRY_AFTER};
use passport_connector_sdk::{CollectorServer, Delivery, Rejected, SenderReply};
use passport_evidence::Clock;
use passport_service_kit::problem;
use tokio::time::timeout;
use tonic::{
    Code, Request, Status,
    service::{Interceptor, interceptor::InterceptedService},
};
use tonic_types::{ErrorDetails, StatusExt as _};

use crate::{
    EXPORT_TIMEOUT,
    connectors::otlp::{Encoding, MAX_SENT, Otlp, Unreadable, bearer, unread},
};
use export::Exports;

/// When a sender whose export could not be kept may try again.
const RETRY_SECONDS: u8 = 5;

/// Gives exports to the sources of a collector.
#[derive(Clone)]
pub struct Receiver {
    server: CollectorServer,
    clock: Arc<dyn Clock>,
}

/// `POST /v1/metrics`, JSON or protobuf, gzip or plain, 4 MiB at most.
pub fn routes(server: CollectorServer, clock: Arc<dyn Clock>) -> Router {
    Router::new()
        .route("/v1/metrics", post(over_http))
        .layer(DefaultBodyLimit::max(MAX_SENT))
        .with_state(Receiver { server, clock })
}

/// `opentelemetry.proto.collector.metrics.v1.MetricsService`, gzip or plain. A message over 4 MiB,
/// as sent or unpacked, is `RESOURCE_EXHAUSTED`, which no sender repeats.
pub fn service(
    server: CollectorServer,
    clock: Arc<dyn Clock>,
) -> InterceptedService<Exports, Known> {
    let known = Known(server.clone());
    InterceptedService::new(Exports::of(Receiver { server, clock }), known)
}

/// Turns callers away whose token is no source's, before their message is read: a few bytes can
/// unpack to many.
#[derive(Clone)]
pub struct Known(CollectorServer);

impl Known {
    fn knows(&self, headers: &HeaderMap) -> bool {
        bearer(headers).is_some_and(|token| self.0.knows(Otlp::ID, token))
    }
}

impl Interceptor for Known {
    fn call(&mut self, request: Request<()>) -> Result<Request<()>, Status> {
        match self.knows(request.metadata().as_ref()) {
            true => Ok(request),
            false => Err(status(StatusCode::UNAUTHORIZED)),
        }
    }
}

async fn over_http(State(receiver): State<Receiver>, request: axum::extract::Request) -> Response {
    if !Known(receiver.server.clone()).knows(request.headers()) {
        return answer(*Rejected::unauthorized().reply);
    }
    let headers = request.headers().clone();
    let body = timeout(EXPORT_TIMEOUT, Bytes::from_request(request, &())).await;
    let why = match body {
        Ok(Ok(body)) => return answer(receiver.deliver(headers, body).await),
        Ok(Err(refused)) if refused.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            Unreadable::TooLarge
        }
        Ok(Err(_)) => Unreadable::Broken,
        Err(_) => Unreadable::Late,
    };
    unusable(&headers, why)
}

/// In the sender's own protocol, as far as it speaks it.
fn unusable(headers: &HeaderMap, why: Unreadable) -> Response {
    match Encoding::of(headers) {
        Some(encoding) => answer(unread(encoding, why)),
        None => problem::refused(why.status(), why.code(), &why.to_string()),
    }
}

fn answer(reply: SenderReply) -> Response {
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() = reply.status;
    *response.headers_mut() = reply.headers;
    if reply.status == StatusCode::SERVICE_UNAVAILABLE {
        let wait = HeaderValue::from(u16::from(RETRY_SECONDS));
        response.headers_mut().insert(RETRY_AFTER, wait);
    }
    response
}

// === impl Receiver ===

impl Receiver {
    async fn deliver(&self, headers: HeaderMap, body: Bytes) -> SenderReply {
        let delivery = Delivery {
            headers,
            body,
            received_at: self.clock.now(),
        };
        let delivered = self.server.deliver_to_any(Otlp::ID, &delivery).await;
        delivered.reply().clone()
    }
}

/// What the protocol says of each HTTP status over gRPC. Only `UNAVAILABLE` is worth repeating.
fn status(status: StatusCode) -> Status {
    match status {
        StatusCode::UNAUTHORIZED => Status::unauthenticated("not authorized for any source"),
        StatusCode::PAYLOAD_TOO_LARGE => Status::resource_exhausted("over 4 MiB"),
        StatusCode::SERVICE_UNAVAILABLE => {
            let wait = Duration::from_secs(RETRY_SECONDS.into());
            let details = ErrorDetails::with_retry_info(Some(wait));
            Status::with_error_details(Code::Unavailable, "not kept; send it again", details)
        }
        _ if status.is_client_error() => Status::invalid_argument("no export of metrics"),
        _ => Status::internal("the export could not be taken"),
    }
}

#[cfg(test)]
mod tests;
