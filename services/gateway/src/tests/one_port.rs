//! gRPC and HTTP share a router, and a client needs no file to find its way.

use axum::body::Body;
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;

use super::world::{World, send};

/// Sends one message and gives the bytes of the answer.
async fn call(path: &str, message: &[u8]) -> Vec<u8> {
    let mut body = vec![0, 0, 0, 0, u8::try_from(message.len()).unwrap()];
    body.extend(message);
    let request = Request::post(path).header("content-type", "application/grpc");
    let request = request.body(Body::from(body)).unwrap();
    let response = send(World::new().router().await, request).await;
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
