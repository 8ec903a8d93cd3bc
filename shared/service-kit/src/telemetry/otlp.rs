//! Exporters that send by OTLP over gRPC.

use opentelemetry::KeyValue;
use opentelemetry_otlp::{
    MetricExporter, SpanExporter, WithExportConfig as _, WithTonicConfig as _,
};
use opentelemetry_sdk::{
    Resource,
    metrics::{PeriodicReader, Temporality},
    trace::SdkTracerProvider,
};
use secrecy::{ExposeSecret as _, SecretString};
use tonic::metadata::{Ascii, MetadataMap, MetadataValue};

use super::options::{MetricPush, TelemetryError, TelemetryOptions};

/// Name of our instrumentation.
pub(super) const SCOPE: &str = "passport-mesh";

pub(super) fn resource(options: &TelemetryOptions) -> Resource {
    let environment = options.environment.clone();
    let environment = environment.map(|name| KeyValue::new("deployment.environment.name", name));
    Resource::builder()
        .with_service_name(options.service_name)
        .with_attributes(environment)
        .build()
}

/// Traces are sent only where somebody takes them.
pub(super) fn traces(
    options: &TelemetryOptions,
) -> Result<Option<SdkTracerProvider>, TelemetryError> {
    let Some(endpoint) = &options.otlp_endpoint else {
        return Ok(None);
    };
    let exporter = SpanExporter::builder()
        .with_tonic()
        .with_endpoint(endpoint)
        .build()?;
    let provider = SdkTracerProvider::builder()
        .with_resource(resource(options))
        .with_batch_exporter(exporter);
    Ok(Some(provider.build()))
}

/// Pushes metrics from a thread of its own.
pub(super) fn metrics(push: &MetricPush) -> Result<PeriodicReader<MetricExporter>, TelemetryError> {
    let exporter = MetricExporter::builder()
        .with_tonic()
        .with_endpoint(&push.endpoint)
        .with_metadata(metadata(push.bearer.as_ref())?)
        .with_temporality(Temporality::Cumulative)
        .build()?;
    let reader = PeriodicReader::builder(exporter).with_interval(push.interval);
    Ok(reader.build())
}

fn metadata(bearer: Option<&SecretString>) -> Result<MetadataMap, TelemetryError> {
    let mut metadata = MetadataMap::new();
    if let Some(bearer) = bearer {
        let text = format!("Bearer {}", bearer.expose_secret());
        let mut value: MetadataValue<Ascii> = text.parse().map_err(|_| TelemetryError::Bearer)?;
        value.set_sensitive(true);
        metadata.insert("authorization", value);
    }
    Ok(metadata)
}
