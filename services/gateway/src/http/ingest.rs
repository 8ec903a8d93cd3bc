//! `POST /v1/evidence/ingest/{source}`.

use axum::{
    body::{Body, HttpBody as _},
    extract::{Path, Request, State},
    response::Response,
};
use bytes::{Bytes, BytesMut};
use futures::StreamExt as _;
use http::{HeaderName, HeaderValue, StatusCode, header};
use passport_proto::collector::{Header, IngestResponse};
use tokio::time::timeout_at;

use super::{Shared, problem::Problem, query::ScopeQuery};
use crate::{
    budget::Budget,
    call_error::CallError,
    gateway::{self, MAX_BODY},
    room::Held,
};

/// Headers of an answer that are this connection's business.
const KEPT_BACK: [HeaderName; 6] = [
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::SET_COOKIE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// Hands a delivery on. Who may not deliver is refused before the body is read.
pub(super) async fn ingest(
    State(shared): State<Shared>,
    Path(source): Path<String>,
    query: ScopeQuery,
    budget: Budget,
    request: Request,
) -> Result<Response, Problem> {
    let (scope, source) = query.source(&source)?;
    let gateway = &shared.gateway;
    let (parts, body) = request.into_parts();
    let caller = gateway.authenticate(&parts.headers, parts.extensions.get());
    // Who is not known in time is nobody.
    let caller = timeout_at(budget.cutoff(), caller).await;
    let caller = caller.ok().and_then(Result::ok);
    let delivery = gateway.admit_delivery(caller, scope, source)?;
    delivery.charge(&parts.extensions)?;
    let headers = gateway::headers(&parts.headers);
    let held = gateway.hold();
    let body = timeout_at(budget.cutoff(), whole(body, &held)).await;
    let body = body.unwrap_or(Err(CallError::SlowBody));
    let body = body.map_err(|error| delivery.refused(error))?;
    let answer = gateway.ingest(delivery, headers, body, budget).await?;
    answered(answer).ok_or_else(|| CallError::Collector.into())
}

/// The whole body. One that says that it is too large is not read at all.
async fn whole(body: Body, held: &Held) -> Result<Bytes, CallError> {
    let too_large = CallError::TooLarge { limit: MAX_BODY };
    if usize::try_from(body.size_hint().lower()).is_ok_and(|it| it > MAX_BODY) {
        return Err(too_large);
    }
    let mut chunks = body.into_data_stream();
    let mut whole = BytesMut::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| CallError::BrokenBody)?;
        if chunk.len() > MAX_BODY - whole.len() {
            return Err(too_large);
        }
        held.take(chunk.len())?;
        whole.extend_from_slice(&chunk);
    }
    Ok(whole.freeze())
}

/// The collector's answer as the sender gets it; `None` where it is none.
fn answered(answer: IngestResponse) -> Option<Response> {
    let status = u16::try_from(answer.http_status).ok()?;
    let status = StatusCode::from_u16(status).ok()?;
    if status.is_informational() {
        return None;
    }
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = status;
    let headers = answer.headers.into_iter().filter_map(handed_back);
    response.headers_mut().extend(headers);
    Some(response)
}

fn handed_back(header: Header) -> Option<(HeaderName, HeaderValue)> {
    let name = HeaderName::try_from(header.name).ok()?;
    let value = HeaderValue::from_bytes(&header.value).ok()?;
    (!KEPT_BACK.contains(&name)).then_some((name, value))
}
