//! `POST /v1/evidence/ingest/{source}`.

use axum::{
    body::Body,
    extract::{Path, Request, State},
    response::Response,
};
use http::{HeaderName, HeaderValue, StatusCode, header};
use passport_proto::collector::{Header, IngestResponse};

use super::{Shared, body, problem::Problem, query::ScopeQuery};
use crate::{budget::Budget, call_error::CallError, gateway};

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
    let delivery = gateway.admit_delivery(request.headers(), scope, source)?;
    let headers = gateway::headers(request.headers());
    let body = body::read(request, &shared).await;
    let body = body.map_err(|problem| match delivery.is_granted() {
        true => problem,
        false => CallError::Unauthenticated.into(),
    })?;
    let answer = gateway.ingest(delivery, headers, body, budget).await?;
    answered(answer).ok_or_else(|| CallError::Collector.into())
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
