//! Errors as problem documents.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE},
};
use passport_service_kit::status;
use schemars::JsonSchema;
use serde::Serialize;
use tonic::{Code, Status};

use super::body::json_field;
use crate::call_error::{CallError, Violation};

/// Media type of a problem document.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// Why a request was not answered, after RFC 9457.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Problem {
    /// Names the kind of problem; not an address to fetch.
    #[serde(rename = "type")]
    pub kind: String,
    /// The HTTP status in words.
    pub title: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// What happened, for a person.
    pub detail: String,
    /// The kind of problem as one word, the same as `ErrorInfo.reason` over gRPC.
    pub code: &'static str,
    /// Fields of the request that are at fault.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    #[serde(skip)]
    retry_after: Option<u32>,
}

/// A field that is not as it has to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FieldError {
    /// The field, dotted; empty for the body as a whole.
    pub field: String,
    /// What is wanted there.
    pub detail: String,
}

// === impl Problem ===

impl Problem {
    /// A problem of the request itself, found before the gateway is asked.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        let slug = code.to_ascii_lowercase().replace('_', "-");
        Self {
            kind: format!("urn:passport-mesh:problem:{slug}"),
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail: detail.into(),
            code,
            errors: Vec::new(),
            retry_after: None,
        }
    }

    /// One field of the body is at fault.
    pub fn field(field: impl Into<String>, detail: impl ToString) -> Self {
        CallError::Invalid(vec![Violation::new(field, detail)]).into()
    }
}

impl From<CallError> for Problem {
    fn from(error: CallError) -> Self {
        let errors = error.violations().iter().map(|violation| FieldError {
            field: json_field(&violation.field),
            detail: violation.detail.clone(),
        });
        Self {
            errors: errors.collect(),
            retry_after: error.retry_after(),
            ..Self::new(error.http_status(), error.reason(), error.to_string())
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after = self.retry_after;
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Bearer realm=\"passport-mesh\"");
            headers.insert(WWW_AUTHENTICATE, challenge);
        }
        if let Some(seconds) = retry_after {
            headers.insert(RETRY_AFTER, seconds.into());
        }
        response
    }
}

/// The answer where there is no route. Callers over gRPC read no status but their own.
pub(super) async fn no_such_route(headers: HeaderMap) -> Response {
    if is_grpc(&headers) {
        let message = "there is no such service here; reflection lists those there are";
        let code = Code::Unimplemented;
        return status::error(code, "NO_SUCH_SERVICE", message, None, Vec::new()).into_http();
    }
    let detail = "there is nothing at this path; /openapi.json lists what there is";
    Problem::new(StatusCode::NOT_FOUND, "NO_SUCH_ROUTE", detail).into_response()
}

/// The answer to a request, of which these are the headers, that gets as far as no route.
pub(crate) fn refused(headers: &HeaderMap, error: CallError) -> Response {
    match is_grpc(headers) {
        true => Status::from(error).into_http(),
        false => Problem::from(error).into_response(),
    }
}

/// Whether a request is a gRPC call.
fn is_grpc(headers: &HeaderMap) -> bool {
    let media = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    media.is_some_and(|it| it.starts_with(b"application/grpc"))
}

/// The answer where there is a route for another method.
pub(super) async fn wrong_method() -> Problem {
    let detail = "this path takes another method; /openapi.json tells which";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "WRONG_METHOD", detail)
}
