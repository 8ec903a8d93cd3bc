//! What senders get, and what is kept of what they send.

use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};
use http::StatusCode;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceResponse;
use prost::Message as _;
use serde_json::{Value, json};

use super::bench::{Bench, TOKEN, at, export, headers, json_headers, nanos, source};
use crate::connectors::otlp::record::Batch;

fn bench() -> Bench {
    let mut source = source(json!({"saturation": {"gauge": "cpu", "unit": "ratio"}}));
    source["keep_attributes"] = json!(["cpu.mode"]);
    Bench::new(&source)
}

fn point(value: Value) -> Value {
    json!({"timeUnixNano": nanos(-10), "asDouble": value, "attributes": [
        {"key": "cpu.mode", "value": {"stringValue": "user"}},
        {"key": "customer", "value": {"stringValue": "jane@example.com"}},
    ]})
}

fn gauge(points: Value) -> Value {
    export(
        json!([{"name": "cpu", "unit": "1", "description": "private words",
                   "gauge": {"dataPoints": points}}]),
    )
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

async fn status(bench: &Bench, pairs: &[(&str, &str)], body: Vec<u8>) -> StatusCode {
    bench.deliver(headers(pairs), body, at(-5)).await.1.status
}

const BEARER: (&str, &str) = ("authorization", "Bearer bench-token-1");
const JSON: (&str, &str) = ("content-type", "application/json; charset=utf-8");

#[tokio::test]
async fn only_the_token_of_the_source_is_let_in() {
    let body = || gauge(json!([point(json!(0.3))])).to_string().into_bytes();
    for shown in [
        "Bearer other",
        "Bearer",
        "Bearer ",
        "bench-token-1",
        "Basic bench-token-1",
        "",
    ] {
        let shown = [("authorization", shown), JSON];
        assert_eq!(
            status(&bench(), &shown, body()).await,
            StatusCode::UNAUTHORIZED
        );
    }
    assert_eq!(
        status(&bench(), &[JSON], body()).await,
        StatusCode::UNAUTHORIZED
    );
    let lower = [("authorization", "bearer bench-token-1"), JSON];
    assert_eq!(status(&bench(), &lower, body()).await, StatusCode::OK);
}

#[tokio::test]
async fn what_can_not_be_read_is_said_in_the_senders_encoding() {
    let (bench, bad) = (bench(), b"\x0a\xff".to_vec());
    let protobuf = ("content-type", "application/x-protobuf");
    assert_eq!(
        status(&bench, &[BEARER, protobuf], bad.clone()).await,
        StatusCode::BAD_REQUEST
    );
    let (_, reply) = bench
        .deliver(headers(&[BEARER, JSON]), bad.clone(), at(0))
        .await;
    let reply: Value = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!(reply["code"], 3);
    let text = ("content-type", "text/plain");
    let unsupported = StatusCode::UNSUPPORTED_MEDIA_TYPE;
    assert_eq!(
        status(&bench, &[BEARER, text], bad.clone()).await,
        unsupported
    );
    assert_eq!(status(&bench, &[BEARER], bad.clone()).await, unsupported);
    let brotli = [BEARER, JSON, ("content-encoding", "br")];
    assert_eq!(status(&bench, &brotli, bad.clone()).await, unsupported);
    let broken = [BEARER, JSON, ("content-encoding", "gzip")];
    assert_eq!(status(&bench, &broken, bad).await, StatusCode::BAD_REQUEST);
    assert!(bench.keeper.records.lock().unwrap().is_empty());
}

#[tokio::test]
async fn gzip_is_read_and_a_bomb_is_not() {
    let bench = bench();
    let zipped = [BEARER, JSON, ("content-encoding", "gzip")];
    let body = gauge(json!([point(json!(0.3))])).to_string();
    assert_eq!(
        status(&bench, &zipped, gzip(body.as_bytes())).await,
        StatusCode::OK
    );
    assert_eq!(bench.verdict(0).await, "passed 30%");
    let bomb = gzip(&vec![b' '; 17 * 1024 * 1024]);
    assert!(bomb.len() < 100 * 1024);
    assert_eq!(
        status(&bench, &zipped, bomb).await,
        StatusCode::PAYLOAD_TOO_LARGE
    );
    let large = vec![b' '; 4 * 1024 * 1024 + 1];
    assert_eq!(
        status(&bench, &[BEARER, JSON], large).await,
        StatusCode::PAYLOAD_TOO_LARGE
    );
}

#[tokio::test]
async fn an_empty_export_is_taken_and_leaves_nothing() {
    let bench = bench();
    for body in [
        "{}",
        r#"{"resourceMetrics":null}"#,
        r#"{"resourceMetrics":[],"more":1}"#,
    ] {
        assert_eq!(
            status(&bench, &[BEARER, JSON], body.into()).await,
            StatusCode::OK
        );
    }
    assert!(bench.keeper.records.lock().unwrap().is_empty());
}

#[tokio::test]
async fn each_point_that_can_not_be_used_is_counted_and_the_rest_proves_nothing_good() {
    let bench = bench();
    let at_time = |time: Value| {
        let mut point = point(json!(0.9));
        point["timeUnixNano"] = time;
        point
    };
    let points = json!([
        point(json!(0.3)),
        point(json!("NaN")),
        point(json!("-Infinity")),
        point(json!(null)),
        at_time(json!(nanos(56))),
        at_time(json!(nanos(-5 - 361))),
        at_time(json!("0")),
        at_time(json!(u64::MAX)),
    ]);
    let reply = bench.push(-5, &gauge(points)).await;
    let body: Value = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!(body["partialSuccess"]["rejectedDataPoints"], "7");
    assert_eq!(
        body["partialSuccess"]["errorMessage"],
        "future: 2, no_time: 1, no_value: 1, not_finite: 2, too_old: 1"
    );
    assert_eq!(bench.verdict(0).await, "unknown INCOMPLETE");
}

#[tokio::test]
async fn sums_and_histograms_that_contradict_themselves_are_counted_out() {
    let queries = json!({
        "request_volume": {"increase": "n", "unit": "count", "threshold": "none"},
        "p50_latency": {"histogram": "h", "unit": "seconds", "quantile": 0.5, "threshold": "none"},
    });
    let bench = Bench::new(&source(queries));
    let sum = |temporality: u8, start: u64| {
        json!({"name": "n", "sum": {"aggregationTemporality": temporality, "isMonotonic": true,
            "dataPoints": [{"asInt": 1, "startTimeUnixNano": start, "timeUnixNano": nanos(-10)}]}})
    };
    let histogram = |count: u64, counts: Value, bounds: Value| {
        json!({"name": "h", "histogram": {"aggregationTemporality": 1, "dataPoints": [{
            "startTimeUnixNano": nanos(-20), "timeUnixNano": nanos(-10), "count": count,
            "bucketCounts": counts, "explicitBounds": bounds}]}})
    };
    let reply = bench
        .push(
            -5,
            &export(json!([
                sum(0, nanos(-20)),
                sum(3, nanos(-20)),
                sum(1, 0),
                sum(2, nanos(-9)),
                histogram(3, json!([1, 1]), json!([1])),
                histogram(2, json!([1, 1]), json!([1, 2])),
                histogram(3, json!([1, 1, 1]), json!([2, 1])),
                histogram(3, json!([1, 1, 1]), json!([1, "Infinity"])),
            ])),
        )
        .await;
    let body: Value = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!(
        body["partialSuccess"]["errorMessage"],
        "buckets: 4, no_start: 1, start_after_time: 1, temporality: 2"
    );
}

#[tokio::test]
async fn the_answer_to_protobuf_is_protobuf() {
    use opentelemetry_proto::tonic::{
        collector::metrics::v1::ExportMetricsServiceRequest,
        common::v1::{AnyValue, KeyValue, any_value::Value},
        metrics::v1::{
            Gauge, Metric, NumberDataPoint, ResourceMetrics, ScopeMetrics, metric::Data,
        },
        resource::v1::Resource,
    };
    let attribute = |key: &str, value: &str| KeyValue {
        key: key.to_owned(),
        value: Some(AnyValue {
            value: Some(Value::StringValue(value.to_owned())),
        }),
        ..KeyValue::default()
    };
    let request = ExportMetricsServiceRequest {
        resource_metrics: vec![ResourceMetrics {
            resource: Some(Resource {
                attributes: vec![
                    attribute("service.name", "checkout-api"),
                    attribute("deployment.environment", "production"),
                ],
                ..Resource::default()
            }),
            scope_metrics: vec![ScopeMetrics {
                metrics: vec![Metric {
                    name: "cpu".to_owned(),
                    data: Some(Data::Gauge(Gauge {
                        data_points: vec![NumberDataPoint {
                            time_unix_nano: nanos(-10),
                            ..NumberDataPoint::default()
                        }],
                    })),
                    ..Metric::default()
                }],
                ..ScopeMetrics::default()
            }],
            ..ResourceMetrics::default()
        }],
    };
    let protobuf = [BEARER, ("content-type", "application/x-protobuf")];
    let (_, reply) = bench()
        .deliver(headers(&protobuf), request.encode_to_vec(), at(-5))
        .await;
    assert_eq!(reply.headers["content-type"], "application/x-protobuf");
    let answer = ExportMetricsServiceResponse::decode(reply.body.clone()).unwrap();
    assert_eq!(answer.partial_success.unwrap().rejected_data_points, 1);
}

#[tokio::test]
async fn nothing_is_kept_but_the_points_and_the_attributes_that_are_named() {
    let bench = bench();
    bench.push(-5, &gauge(json!([point(json!(0.3))]))).await;
    let kept = bench.kept_text();
    assert!(kept.contains("cpu.mode") && kept.contains("user"));
    for private in [
        "customer",
        "jane",
        "private words",
        "checkout-api",
        "shop",
        TOKEN,
    ] {
        assert!(!kept.contains(private), "{private}");
    }
}

#[tokio::test]
async fn a_secret_in_the_value_of_a_kept_attribute_is_not_kept() {
    for secret in [
        "jane@example.com",
        "ghp_0123456789abcdefghijklmnopqrstuvwxyz",
        "https://operator:hunter2@db.example.com/shop",
        "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJlc2lnbmF0dXJl",
    ] {
        let bench = bench();
        let mut point = point(json!(0.3));
        let value = format!("{}user {secret}", "x ".repeat(100));
        for value in [secret, value.as_str()] {
            point["attributes"][0]["value"]["stringValue"] = json!(value);
            bench.push(-5, &gauge(json!([point]))).await;
        }
        let kept = bench.kept_text();
        assert!(kept.contains("cpu.mode"));
        let hidden = ["jane", "ghp_", "hunter2", "eyJ"];
        assert!(hidden.iter().all(|it| !kept.contains(it)), "{kept}");
    }
}

#[tokio::test]
async fn series_are_told_apart_by_every_attribute_in_any_order() {
    let bench = bench();
    let attribute = |key: &str, value: Value| json!({"key": key, "value": value});
    let one = attribute("a", json!({"intValue": "1"}));
    let other = attribute(
        "b",
        json!({"arrayValue": {"values": [{"boolValue": true}]}}),
    );
    let with = |attributes: Value| json!({"timeUnixNano": nanos(-10), "asDouble": 0.1, "attributes": attributes});
    let points = json!([
        with(json!([one, other])),
        with(json!([other, one])),
        with(json!([one])),
        with(json!([attribute("a", json!({"stringValue": "1"})), other])),
    ]);
    bench.push(-5, &gauge(points)).await;
    let record = bench.keeper.records.lock().unwrap().concat();
    let batch = Batch::decode(record.as_slice()).unwrap();
    assert_eq!(batch.metrics[0].series.len(), 3);
}

#[tokio::test]
async fn more_series_than_the_cap_are_counted_out() {
    let points: Vec<_> = (0..1_003)
        .map(|index| {
            json!({"timeUnixNano": nanos(-10), "asDouble": 0.1, "attributes": [
                {"key": "index", "value": {"intValue": index}}]})
        })
        .collect();
    let reply = bench().push(-5, &gauge(json!(points))).await;
    let body: Value = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!(body["partialSuccess"]["errorMessage"], "series_cap: 3");
}

#[tokio::test]
async fn the_environment_may_stand_under_its_older_name_but_the_newer_one_wins() {
    let bench = bench();
    let mut export = gauge(json!([point(json!(0.3))]));
    let environment = |key: &str, value: &str| json!({"key": key, "value": {"stringValue": value}});
    let attributes = &mut export["resourceMetrics"][0]["resource"]["attributes"];
    *attributes = json!([
        attributes[0],
        environment("deployment.environment.name", "staging"),
        environment("deployment.environment", "production"),
    ]);
    bench.push(-5, &export).await;
    assert_eq!(bench.verdict(0).await, "unknown NO_DATA");
}

#[tokio::test]
async fn a_resource_that_claims_two_names_is_nobodys() {
    let bench = bench();
    let mut export = gauge(json!([point(json!(0.3))]));
    let attributes = &mut export["resourceMetrics"][0]["resource"]["attributes"];
    let twice = json!({"key": "service.name", "value": {"stringValue": "payments-api"}});
    attributes.as_array_mut().unwrap().push(twice);
    bench.push(-5, &export).await;
    assert_eq!(bench.verdict(0).await, "unknown NO_DATA");
}

#[tokio::test]
async fn a_version_that_is_asked_for_must_be_the_senders() {
    let mut source = source(json!({"saturation": {"gauge": "cpu", "unit": "ratio"}}));
    source["scope"]["service_version"] = json!("2");
    for (version, verdict) in [("1", "unknown NO_DATA"), ("2", "passed 30%")] {
        let bench = Bench::new(&source);
        let mut export = gauge(json!([point(json!(0.3))]));
        let attributes = &mut export["resourceMetrics"][0]["resource"]["attributes"];
        let claimed = json!({"key": "service.version", "value": {"stringValue": version}});
        attributes.as_array_mut().unwrap().push(claimed);
        bench.push(-5, &export).await;
        assert_eq!(bench.verdict(0).await, verdict);
    }
}

#[tokio::test]
async fn the_same_batch_twice_is_acknowledged_and_counted_once() {
    let bench = bench();
    let body = gauge(json!([point(json!(0.3))])).to_string();
    let first = bench
        .deliver(json_headers(TOKEN), body.clone(), at(-5))
        .await;
    let zipped = headers(&[BEARER, JSON, ("content-encoding", "gzip")]);
    let second = bench.deliver(zipped, gzip(body.as_bytes()), at(-4)).await;
    assert_eq!(
        (first.0.as_str(), second.0.as_str()),
        ("accepted", "duplicate")
    );
    assert_eq!(first.1, second.1);
}
