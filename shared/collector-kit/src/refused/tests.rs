use std::time::Duration;

use axum::{body::to_bytes, response::Response};
use passport_service_kit::limits::Why;
use serde_json::Value;

use super::*;

fn refused(media: &'static str) -> Response {
    let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(media))]);
    let wait = Duration::from_millis(1500);
    let why = Why::InFlight;
    too_much(&headers, Refusal { why, wait })
}

#[tokio::test]
async fn over_http_too_much_is_a_problem_document_that_says_when_to_come_again() {
    for media in ["application/json", "application/x-protobuf", "text/plain"] {
        let response = refused(media);
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        let headers = response.headers();
        assert_eq!(headers[header::RETRY_AFTER], "2");
        assert_eq!(headers[header::CONTENT_TYPE], "application/problem+json");
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let document: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(document["status"], 429);
        assert_eq!(document["code"], "OVERLOADED");
        assert_eq!(document["type"], "urn:passport-mesh:problem:overloaded");
        assert!(document["detail"].is_string() && document["title"].is_string());
    }
}

#[tokio::test]
async fn over_grpc_it_is_a_status() {
    let response = refused("application/grpc+proto");
    assert_eq!(response.status(), StatusCode::OK);
    let status = Status::from_header_map(response.headers()).unwrap();
    assert_eq!(status.code(), Code::ResourceExhausted);
}
