use std::{convert::Infallible, future::pending, net::SocketAddr, time::SystemTime};

use axum::body::to_bytes;
use chrono::{DateTime, Utc};
use http::{
    Request as HttpRequest,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use opentelemetry::{KeyValue, metrics::MeterProvider as _};
use opentelemetry_otlp::{MetricExporter, WithExportConfig, WithTonicConfig};
use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsServiceRequest, metrics_service_client::MetricsServiceClient,
};
use opentelemetry_sdk::{Resource, error::OTelSdkError, metrics::SdkMeterProvider};
use passport_service_kit::server::{grpc_routes, serve};
use serde_json::{Value, json};
use tonic::{metadata::MetadataMap, service::Routes};
use tower::ServiceExt as _;

use super::*;
use crate::connectors::otlp::tests::bench::{
    Bench, BenchKeeper, TOKEN, at, authorization, export, id, nanos, source, words,
};

fn saturation() -> Value {
    source(json!({"saturation": {"gauge": "cpu", "unit": "ratio"}}))
}

fn gauge() -> String {
    let point = json!({"timeUnixNano": nanos(-10), "asDouble": 0.3});
    export(json!([{"name": "cpu", "unit": "1", "gauge": {"dataPoints": [point]}}])).to_string()
}

async fn post(bench: &Bench, token: &str, body: impl Into<Body>) -> (StatusCode, HeaderMap, Bytes) {
    let (name, value) = authorization(token);
    let request = HttpRequest::post("/v1/metrics")
        .header(CONTENT_TYPE, "application/json")
        .header(name, value)
        .body(body.into())
        .unwrap();
    let router = routes(bench.server.clone(), bench.clock.clone());
    let (parts, body) = router.oneshot(request).await.unwrap().into_parts();
    (
        parts.status,
        parts.headers,
        to_bytes(body, usize::MAX).await.unwrap(),
    )
}

#[tokio::test]
async fn an_export_over_http_reaches_the_source_of_its_token() {
    let bench = Bench::new(&saturation());
    let (status, headers, body) = post(&bench, TOKEN, gauge()).await;
    assert_eq!((status, body.as_ref()), (StatusCode::OK, b"{}".as_ref()));
    assert_eq!(headers[CONTENT_TYPE], "application/json");
    assert_eq!(bench.verdict(0).await, "passed 30%");
}

#[tokio::test]
async fn a_token_of_no_source_is_turned_away() {
    let bench = Bench::new(&saturation());
    let (status, _, body) = post(&bench, "another", gauge()).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert!(!String::from_utf8_lossy(&body).contains("another"));
    assert_eq!(bench.verdict(0).await, "unknown NO_DATA");
}

#[tokio::test]
async fn half_an_export_is_bad_data_and_too_much_is_too_large() {
    let bench = Bench::new(&saturation());
    let half = &gauge()[..60];
    assert_eq!(
        post(&bench, TOKEN, half.to_owned()).await.0,
        StatusCode::BAD_REQUEST
    );
    let much = vec![b' '; MAX_SENT + 1];
    assert_eq!(
        post(&bench, TOKEN, much).await.0,
        StatusCode::PAYLOAD_TOO_LARGE
    );
}

#[tokio::test]
async fn too_much_is_told_in_the_words_that_the_sender_speaks() {
    let bench = Bench::new(&saturation());
    let much = || vec![b' '; MAX_SENT + 1];
    let (_, headers, body) = post(&bench, TOKEN, much()).await;
    assert_eq!(headers[CONTENT_TYPE], "application/json");
    let told: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(told["code"], 3);
    let (name, value) = authorization(TOKEN);
    let request = HttpRequest::post("/v1/metrics").header(name, value);
    let request = request.header(CONTENT_TYPE, "text/plain");
    let request = request.body(Body::from(much())).unwrap();
    let router = routes(bench.server.clone(), bench.clock.clone());
    let answer = router.oneshot(request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(answer.headers()[CONTENT_TYPE], "application/problem+json");
    let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    let told: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(told["code"], "TOO_LARGE");
}

#[tokio::test]
async fn what_can_not_be_kept_is_not_acknowledged_and_may_be_sent_again() {
    let broken = BenchKeeper {
        broken: true,
        ..BenchKeeper::default()
    };
    let bench = Bench::with(&saturation(), [("TOKEN", TOKEN)], broken);
    let (status, headers, _) = post(&bench, TOKEN, gauge()).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(headers[RETRY_AFTER], "5");
    let refused = call(&bench, Some(TOKEN), ExportMetricsServiceRequest::default()).await;
    assert_eq!(refused.code(), Code::Unavailable);
    let retry = refused.get_error_details().retry_info().cloned();
    assert_eq!(
        retry.and_then(|it| it.retry_delay),
        Some(Duration::from_secs(5))
    );
}

/// What an export over gRPC is refused with.
async fn call(bench: &Bench, token: Option<&str>, export: ExportMetricsServiceRequest) -> Status {
    let address = served(bench).await;
    let client = MetricsServiceClient::connect(format!("http://{address}")).await;
    let mut request = Request::new(export);
    if let Some(token) = token {
        let value = format!("Bearer {token}").parse().unwrap();
        request.metadata_mut().insert("authorization", value);
    }
    client.unwrap().export(request).await.unwrap_err()
}

/// Serves the gRPC service on loopback for as long as the test runs.
async fn served(bench: &Bench) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = service(bench.server.clone(), bench.clock.clone());
    let routes = grpc_routes().with(service, Duration::from_secs(10));
    let (router, _) = routes.into_router().await.unwrap();
    tokio::spawn(serve(router, listener, pending::<()>(), Duration::ZERO));
    address
}

#[tokio::test]
async fn grpc_refuses_with_the_codes_of_the_protocol() {
    let bench = Bench::new(&saturation());
    for token in [None, Some("another")] {
        let refused = call(&bench, token, ExportMetricsServiceRequest::default()).await;
        assert_eq!(refused.code(), Code::Unauthenticated);
    }
    let mut large = ExportMetricsServiceRequest::default();
    let resource = opentelemetry_proto::tonic::metrics::v1::ResourceMetrics {
        schema_url: "x".repeat(MAX_SENT),
        ..Default::default()
    };
    large.resource_metrics.push(resource);
    assert_eq!(
        call(&bench, Some(TOKEN), large).await.code(),
        Code::ResourceExhausted
    );
}

/// An SDK as a service has it, that pushes to an address with a token.
fn provider(address: SocketAddr, token: &str) -> SdkMeterProvider {
    let (name, value) = authorization(token);
    let exporter = MetricExporter::builder()
        .with_tonic()
        .with_endpoint(format!("http://{address}"))
        .with_metadata(MetadataMap::from_headers(HeaderMap::from_iter([(
            name, value,
        )])))
        .with_compression(opentelemetry_otlp::Compression::Gzip)
        .build()
        .unwrap();
    let resource = Resource::builder_empty().with_attributes([
        KeyValue::new("service.name", "checkout-api"),
        KeyValue::new("deployment.environment.name", "production"),
    ]);
    SdkMeterProvider::builder()
        .with_resource(resource.build())
        .with_periodic_exporter(exporter)
        .build()
}

/// The SDK stamps its points with the machine's own time.
#[expect(clippy::disallowed_methods, reason = "the SDK takes no injected clock")]
fn real_now() -> DateTime<Utc> {
    SystemTime::now().into()
}

fn everything() -> Value {
    source(json!({
        "saturation": {"gauge": "process.cpu.utilization", "unit": "ratio"},
        "error_rate": {"numerator": "errors", "denominator": "requests", "unit": "ratio",
                       "min_volume": 100},
        "request_volume": {"increase": "requests", "unit": "count", "threshold": ">= 100"},
        "p95_latency": {"histogram": "duration", "quantile": 0.95, "unit": "seconds"},
    }))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_sdk_pushes_a_gauge_counters_and_a_histogram() {
    let bench = Bench::new(&everything());
    let started = real_now();
    bench.set(started);
    let address = served(&bench).await;
    let provider = provider(address, TOKEN);
    let meter = provider.meter("shop");
    let gauge = meter
        .f64_gauge("process.cpu.utilization")
        .with_unit("1")
        .build();
    let requests = meter.u64_counter("requests").with_unit("{request}").build();
    let errors = meter.u64_counter("errors").with_unit("{error}").build();
    let duration = meter.f64_histogram("duration").with_unit("s");
    let duration = duration.with_boundaries(vec![0.1, 0.2, 0.4]).build();
    for (more_requests, more_errors) in [(1_000, 1), (500, 2)] {
        gauge.record(0.42, &[KeyValue::new("cpu.mode", "user")]);
        requests.add(more_requests, &[]);
        errors.add(more_errors, &[]);
        (0..100).for_each(|_| duration.record(0.15, &[]));
        provider.force_flush().unwrap();
    }
    let now = real_now();
    let evidence = bench.collect(now).await;
    let facts: Vec<_> = evidence.facts().iter().map(words).collect();
    let wanted = ["passed 0.2%", "passed 195ms", "passed 1500", "passed 42%"];
    assert_eq!(facts[..4], wanted);
    assert!(
        evidence
            .freshness()
            .observed_at
            .is_some_and(|at| at >= started)
    );
    provider.shutdown().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_sdk_with_another_token_is_told() {
    let bench = Bench::new(&everything());
    let provider = provider(served(&bench).await, "another");
    provider
        .meter("shop")
        .u64_counter("requests")
        .build()
        .add(1, &[]);
    let told = provider.force_flush();
    assert!(
        matches!(told, Err(OTelSdkError::InternalFailure(_))),
        "{told:?}"
    );
    assert!(bench.keeper.records.lock().unwrap().is_empty());
    assert_eq!(bench.collect(at(0)).await.scope, id().scope);
    let _ = provider.shutdown();
}

/// A body that must not be read.
fn unread() -> Body {
    let read =
        futures::stream::poll_fn(|_| -> std::task::Poll<Option<Result<Bytes, Infallible>>> {
            panic!("the body was read")
        });
    Body::from_stream(read)
}

#[tokio::test]
async fn of_a_stranger_nothing_is_read() {
    let bench = Bench::new(&saturation());
    let clock = || Arc::clone(&bench.clock) as Arc<dyn passport_evidence::Clock>;
    let grpc = Routes::new(service(bench.server.clone(), clock())).into_axum_router();
    let router = routes(bench.server.clone(), clock()).merge(grpc.reset_fallback());
    let export = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export";
    for (path, media) in [
        ("/v1/metrics", "application/json"),
        (export, "application/grpc"),
    ] {
        for shown in [None, Some("Bearer another"), Some("Basic abc")] {
            let mut request = HttpRequest::post(path).header(CONTENT_TYPE, media);
            if let Some(shown) = shown {
                request = request.header(AUTHORIZATION, shown);
            }
            let request = request.body(unread()).unwrap();
            let answer = router.clone().oneshot(request).await.unwrap();
            let refused = answer.status() == StatusCode::UNAUTHORIZED
                || answer
                    .headers()
                    .get("grpc-status")
                    .is_some_and(|it| it == "16");
            assert!(refused, "{path} {shown:?}: {answer:?}");
        }
    }
}
