//! Refusals over HTTP, as problem documents after RFC 9457.

use axum::{
    Json,
    response::{IntoResponse as _, Response},
};
use http::{HeaderValue, StatusCode, header};
use serde_json::json;

/// Media type of a problem document.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// A refusal. `code` is one word for programs in `UPPER_SNAKE_CASE`, the same as `ErrorInfo.reason` over
/// gRPC; `detail` is for a person. Neither may hold a secret.
pub fn refused(status: StatusCode, code: &'static str, detail: &str) -> Response {
    let slug = code.to_ascii_lowercase().replace('_', "-");
    let document = json!({
        "type": format!("urn:passport-mesh:problem:{slug}"),
        "title": status.canonical_reason().unwrap_or("Error"),
        "status": status.as_u16(),
        "detail": detail,
        "code": code,
    });
    let media = [(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE))];
    (status, media, Json(document)).into_response()
}
