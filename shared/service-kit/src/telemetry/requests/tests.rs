use std::{convert::Infallible, time::Duration};

use axum::{Router, routing::get};
use http::{Method, StatusCode};
use http_body_util::BodyExt as _;
use tonic::Status;
use tower::{ServiceBuilder, ServiceExt as _, service_fn};

use super::*;
use crate::telemetry::{Meters, TelemetryOptions};

const COLLECT: &str = "/passport.collector.v1.CollectorService/Collect";

fn meters() -> Meters {
    Meters::new(&TelemetryOptions::named("test")).unwrap()
}

fn grpc(path: &str) -> Request<Body> {
    Request::builder()
        .uri(path)
        .header("content-type", "application/grpc")
        .body(Body::empty())
        .unwrap()
}

/// What the metrics say after gRPC calls to these paths, each answered in this way.
async fn after_calls(paths: &[&str], answer: fn() -> Response<tonic::body::Body>) -> String {
    let meters = meters();
    let handler = service_fn(move |_: Request<Body>| async move { Ok::<_, Infallible>(answer()) });
    let layer = RequestMetricsLayer::new(Metrics::new(&meters.meter()));
    let service = ServiceBuilder::new().layer(layer).service(handler);
    for path in paths {
        let response = service.clone().oneshot(grpc(path)).await.unwrap();
        let _ = response.into_body().collect().await;
    }
    meters.render()
}

async fn after_requests(requests: impl IntoIterator<Item = (Method, &str)>) -> String {
    let meters = meters();
    let broken = || async { StatusCode::INTERNAL_SERVER_ERROR };
    let router = Router::new()
        .route("/v1/passports/{id}", get(|| async { "one" }))
        .route("/broken", get(broken))
        .route("/later", get(|| async { StatusCode::NOT_IMPLEMENTED }))
        .fallback(|| async { StatusCode::NOT_FOUND })
        .layer(RequestMetricsLayer::new(Metrics::new(&meters.meter())));
    for (method, uri) in requests {
        let request = Request::builder()
            .method(method)
            .uri(uri)
            .body(Body::empty());
        let response = router.clone().oneshot(request.unwrap()).await.unwrap();
        let _ = response.into_body().collect().await;
    }
    meters.render()
}

fn has(text: &str, name: &str, labels: &str, value: &str) {
    let line = format!("{name}{{{labels}}} {value}");
    assert!(
        text.lines().any(|it| it == line),
        "no line {line} in\n{text}"
    );
}

#[tokio::test]
async fn a_call_counts_under_its_method_and_the_code_of_its_headers() {
    let text = after_calls(&[COLLECT], || Status::not_found("").into_http()).await;
    let labels = r#"code="NOT_FOUND",method="passport.collector.v1.CollectorService/Collect""#;
    has(&text, "passport_server_requests_total", labels, "1");
    has(&text, "passport_server_errors_total", labels, "0");
    has(
        &text,
        "passport_server_request_duration_seconds_count",
        labels,
        "1",
    );
}

#[tokio::test]
async fn a_call_counts_under_the_code_of_its_trailers() {
    let text = after_calls(&[COLLECT], || {
        let frame = crate::status::trailers(&Status::internal(""));
        let body = http_body_util::StreamBody::new(futures::stream::iter([frame]));
        let response = Response::builder().header("content-type", "application/grpc");
        response.body(tonic::body::Body::new(body)).unwrap()
    })
    .await;
    let labels = r#"code="INTERNAL",method="passport.collector.v1.CollectorService/Collect""#;
    has(&text, "passport_server_errors_total", labels, "1");
}

#[tokio::test]
async fn methods_that_a_caller_invents_count_as_one() {
    let paths = [
        "/passport.collector.v1.CollectorService/Guess1",
        "/a/b",
        "/c/d",
    ];
    let text = after_calls(&paths, || Status::unimplemented("").into_http()).await;
    let labels = r#"code="UNIMPLEMENTED",method="unmatched""#;
    has(&text, "passport_server_requests_total", labels, "3");
    has(&text, "passport_server_errors_total", labels, "0");
}

#[tokio::test]
async fn a_request_counts_under_its_route_and_not_its_path() {
    let text = after_requests([
        (Method::GET, "/v1/passports/one"),
        (Method::GET, "/v1/passports/two"),
        (Method::GET, "/broken"),
        (Method::GET, "/later"),
    ])
    .await;
    let labels = r#"code="200",method="GET /v1/passports/{id}""#;
    has(&text, "passport_server_requests_total", labels, "2");
    has(&text, "passport_server_errors_total", labels, "0");
    let labels = r#"code="500",method="GET /broken""#;
    has(&text, "passport_server_errors_total", labels, "1");
    let labels = r#"code="501",method="GET /later""#;
    has(&text, "passport_server_errors_total", labels, "0");
}

#[tokio::test]
async fn paths_and_verbs_that_a_caller_invents_count_as_one() {
    let invented = Method::from_bytes(b"INVENTED").unwrap();
    let text = after_requests([(Method::GET, "/a"), (Method::GET, "/b"), (invented, "/c")]).await;
    let requests = "passport_server_requests_total";
    has(&text, requests, r#"code="404",method="GET unmatched""#, "2");
    has(
        &text,
        requests,
        r#"code="404",method="OTHER unmatched""#,
        "1",
    );
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_given_up_counts_as_cancelled() {
    let meters = meters();
    let hanging =
        service_fn(|_: Request<Body>| std::future::pending::<Result<Response<Body>, Infallible>>());
    let layer = RequestMetricsLayer::new(Metrics::new(&meters.meter()));
    let service = ServiceBuilder::new().layer(layer).service(hanging);
    let given_up = tokio::time::timeout(Duration::from_secs(3), service.oneshot(grpc(COLLECT)));
    assert!(given_up.await.is_err());
    let text = meters.render();
    let labels = r#"code="CANCELLED",method="passport.collector.v1.CollectorService/Collect""#;
    has(&text, "passport_server_requests_total", labels, "1");
    has(&text, "passport_server_errors_total", labels, "0");
    has(
        &text,
        "passport_server_request_duration_seconds_sum",
        labels,
        "3",
    );
}
