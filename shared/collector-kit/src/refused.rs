//! What callers are told whom the collector does not know, or has no time for.

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use passport_service_kit::{limits::Refusal, problem, status::error};
use tonic::{Code, Status};

pub(crate) fn unauthenticated(message: &'static str) -> Status {
    let code = Code::Unauthenticated;
    error(code, "UNAUTHENTICATED", message, None, Vec::new())
}

/// More is asked than may be. Senders of OpenTelemetry, too, wait as they are told and try again.
pub(crate) fn too_much(headers: &HeaderMap, refusal: Refusal) -> Response {
    let media = headers.get(header::CONTENT_TYPE);
    match media.is_some_and(|it| it.as_bytes().starts_with(b"application/grpc")) {
        true => Status::from(refusal).into_http(),
        false => {
            let why = refusal.why;
            let status = StatusCode::TOO_MANY_REQUESTS;
            let mut response = problem::refused(status, why.reason(), &why.to_string());
            let wait = HeaderValue::from(refusal.seconds());
            response.headers_mut().insert(header::RETRY_AFTER, wait);
            response
        }
    }
}

#[cfg(test)]
mod tests;
