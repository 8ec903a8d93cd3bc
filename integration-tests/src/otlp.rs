//! A service that pushes its own metrics, as its OpenTelemetry SDK does.

use anyhow::{Context, Result, ensure};
use chrono::{DateTime, Utc};
use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsServiceRequest, metrics_service_client::MetricsServiceClient,
};
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value};
use opentelemetry_proto::tonic::metrics::v1::{
    AggregationTemporality, Metric, NumberDataPoint, ResourceMetrics, ScopeMetrics, Sum, metric,
    number_data_point,
};
use opentelemetry_proto::tonic::resource::v1::Resource;
use prost::Message as _;
use tonic::{Request, transport::Channel};

/// What `checkout-api` in production has counted by a time, each since the process was started.
#[must_use]
pub fn counted(
    started: DateTime<Utc>,
    by: DateTime<Utc>,
    counters: &[(&str, i64)],
) -> ExportMetricsServiceRequest {
    let metrics = counters.iter().map(|(name, count)| Metric {
        name: (*name).to_owned(),
        unit: "1".to_owned(),
        data: Some(metric::Data::Sum(Sum {
            data_points: vec![NumberDataPoint {
                start_time_unix_nano: nanoseconds(started),
                time_unix_nano: nanoseconds(by),
                value: Some(number_data_point::Value::AsInt(*count)),
                ..NumberDataPoint::default()
            }],
            aggregation_temporality: AggregationTemporality::Cumulative.into(),
            is_monotonic: true,
        })),
        ..Metric::default()
    });
    let attributes = [
        ("service.name", "checkout-api"),
        ("deployment.environment.name", "production"),
        ("service.instance.id", "checkout-api-0"),
    ];
    ExportMetricsServiceRequest {
        resource_metrics: vec![ResourceMetrics {
            resource: Some(Resource {
                attributes: attributes.map(attribute).into(),
                ..Resource::default()
            }),
            scope_metrics: vec![ScopeMetrics {
                metrics: metrics.collect(),
                ..ScopeMetrics::default()
            }],
            ..ResourceMetrics::default()
        }],
    }
}

fn nanoseconds(time: DateTime<Utc>) -> u64 {
    let nanoseconds = time.timestamp_nanos_opt();
    nanoseconds.and_then(|it| it.try_into().ok()).unwrap_or(0)
}

fn attribute((key, value): (&str, &str)) -> KeyValue {
    KeyValue {
        key: key.to_owned(),
        value: Some(AnyValue {
            value: Some(any_value::Value::StringValue(value.to_owned())),
        }),
        ..KeyValue::default()
    }
}

/// Pushes over gRPC.
///
/// # Errors
/// It was not taken whole.
pub async fn over_grpc(to: &str, token: &str, export: &ExportMetricsServiceRequest) -> Result<()> {
    let channel = Channel::from_shared(to.to_owned())?.connect().await?;
    let mut request = Request::new(export.clone());
    let bearer = format!("Bearer {token}").parse()?;
    request.metadata_mut().insert("authorization", bearer);
    let answer = MetricsServiceClient::new(channel).export(request).await?;
    let partial = answer.into_inner().partial_success;
    ensure!(partial.is_none(), "{partial:?}");
    Ok(())
}

/// Pushes over HTTP, as protobuf.
///
/// # Errors
/// It was not taken whole.
pub async fn over_http(to: &str, token: &str, export: &ExportMetricsServiceRequest) -> Result<()> {
    let request = crate::http::client()?
        .post(format!("{to}/v1/metrics"))
        .bearer_auth(token)
        .header("content-type", "application/x-protobuf")
        .body(export.encode_to_vec());
    let answer = request.send().await?;
    let status = answer.status();
    let body = answer.bytes().await.context("no answer")?;
    // The answer to what is taken whole has no field.
    ensure!(status.is_success() && body.is_empty(), "{status} {body:?}");
    Ok(())
}
