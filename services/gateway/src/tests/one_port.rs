//! gRPC and HTTP share a router, and a client needs no file to find its way.

use axum::{body::Body, response::Response};
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use super::world::{World, send};

/// Sends bytes as the body of a call.
async fn raw(path: &str, body: Vec<u8>) -> Response {
    let request = Request::post(path).header("content-type", "application/grpc");
    let request = request.body(Body::from(body)).unwrap();
    send(World::new().router().await, request).await
}

/// Sends one message and gives the bytes of the answer.
async fn call(path: &str, message: &[u8]) -> Vec<u8> {
    let mut body = vec![0, 0, 0, 0, u8::try_from(message.len()).unwrap()];
    body.extend(message);
    let response = raw(path, body).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["content-type"], "application/grpc");
    let answer = response.into_body().collect().await.unwrap();
    answer.to_bytes().to_vec()
}

#[tokio::test]
async fn health_is_served_beside_http() {
    let serving = [8, 1];
    let answer = call("/grpc.health.v1.Health/Check", b"").await;
    assert_eq!(answer[5..], serving);
}

#[tokio::test]
async fn reflection_names_the_service() {
    let list_services = [0x3a, 0];
    let path = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
    let answer = call(path, &list_services).await;
    let text = String::from_utf8_lossy(&answer);
    assert!(
        text.contains("passport.gateway.v1.GatewayService"),
        "{text}"
    );
}

const LIST: &str = "/passport.gateway.v1.GatewayService/ListConnectors";

/// The status that a call with this body ends with, in headers or trailers.
async fn status(path: &str, body: Vec<u8>) -> Status {
    let response = raw(path, body).await;
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    assert_eq!(response.headers()["content-type"], "application/grpc");
    let headers = response.headers().clone();
    let trailers = response.into_body().collect().await.unwrap();
    let trailers = trailers.trailers().cloned().unwrap_or_default();
    let in_headers = Status::from_header_map(&headers);
    in_headers.or(Status::from_header_map(&trailers)).unwrap()
}

#[tokio::test]
async fn every_error_over_grpc_has_a_reason_whoever_makes_it() {
    let too_large = [0, 0, 0x50, 0, 0].to_vec();
    let no_compression = [1, 0, 0, 0, 0].to_vec();
    let no_message = [0, 0, 0, 0, 1, 0xff].to_vec();
    let empty = [0; 5].to_vec();
    for (path, body, code, reason) in [
        (LIST, too_large, Code::ResourceExhausted, "TOO_LARGE"),
        (LIST, no_compression, Code::Internal, "INTERNAL"),
        (LIST, no_message, Code::Internal, "INTERNAL"),
        (
            "/passport.gateway.v1.GatewayService/Nope",
            empty.clone(),
            Code::Unimplemented,
            "UNIMPLEMENTED",
        ),
        (
            "/no.Such/Method",
            empty.clone(),
            Code::Unimplemented,
            "NO_SUCH_SERVICE",
        ),
        ("/nope", empty, Code::Unimplemented, "NO_SUCH_SERVICE"),
    ] {
        let status = status(path, body).await;
        assert_eq!(status.code(), code, "{path}: {status:?}");
        let details = status.get_error_details();
        let info = details.error_info().unwrap();
        assert_eq!((&*info.domain, &*info.reason), ("passport-mesh", reason));
    }
}
