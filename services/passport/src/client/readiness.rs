//! `/readyz` of a gateway or a collector.

use std::future::poll_fn;

use http_body_util::{BodyExt as _, Limited};
use passport_service_kit::telemetry;
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::Bytes;
use tonic::codegen::Service as _;
use tonic::codegen::http::{Request, StatusCode, Uri};
use tonic::transport::Channel;

/// Longest answer that is read: a few lines for each collector are told.
const MAX_BYTES: usize = 1 << 20;

/// What a service says of itself.
pub struct Readiness {
    status: StatusCode,
    body: Bytes,
}

/// It stands on the port that gRPC has, so that the same connection serves.
pub(super) async fn of(mut channel: Channel) -> Result<Readiness, Status> {
    let failed = |error: tonic::transport::Error| Status::from_error(error.into());
    let mut request = Request::new(Body::empty());
    *request.uri_mut() = Uri::from_static("/readyz");
    telemetry::inject_headers(request.headers_mut());
    poll_fn(|context| channel.poll_ready(context))
        .await
        .map_err(failed)?;
    let (head, body) = channel.call(request).await.map_err(failed)?.into_parts();
    let body = Limited::new(body, MAX_BYTES).collect().await;
    let body = body.map_err(Status::from_error)?.to_bytes();
    Ok(Readiness {
        status: head.status,
        body,
    })
}

// === impl Readiness ===

impl Readiness {
    /// Whether it takes calls and has what it needs for them.
    pub fn is_ready(&self) -> bool {
        self.status == StatusCode::OK
    }

    /// Its words, in JSON.
    pub fn body(&self) -> &[u8] {
        &self.body
    }
}
