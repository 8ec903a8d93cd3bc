//! What callers are told whom the collector does not know, or has no time for.

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use passport_service_kit::{limits::Refusal, status::error};
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
            let status = StatusCode::TOO_MANY_REQUESTS;
            let wait = HeaderValue::from(refusal.seconds());
            (
                status,
                [(header::RETRY_AFTER, wait)],
                refusal.why.to_string(),
            )
                .into_response()
        }
    }
}
