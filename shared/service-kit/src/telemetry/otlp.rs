//! Exporters that send by OTLP over gRPC.

use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry_otlp::{MetricExporter, SpanExporter, WithTonicConfig as _};
use opentelemetry_sdk::{
    Resource,
    metrics::{PeriodicReader, Temporality},
    trace::SdkTracerProvider,
};
use secrecy::{ExposeSecret as _, SecretString};
use tonic::{
    metadata::{Ascii, MetadataMap, MetadataValue},
    transport::{Channel, ClientTlsConfig, Endpoint},
};

use super::options::{MetricPush, TelemetryError, TelemetryOptions};
use crate::reach::Dialer;

/// Name of our instrumentation.
pub(super) const SCOPE: &str = "passport-mesh";

/// For one export.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);

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
        .with_channel(channel(endpoint)?)
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
        .with_channel(channel(&push.endpoint)?)
        .with_metadata(metadata(push.bearer.as_ref())?)
        .with_temporality(Temporality::Cumulative)
        .build()?;
    let reader = PeriodicReader::builder(exporter).with_interval(push.interval);
    Ok(reader.build())
}

/// Connects when there is something to send, and to no address that no setting permits.
fn channel(endpoint: &str) -> Result<Channel, TelemetryError> {
    let endpoint = Endpoint::from_shared(endpoint.to_owned())?.timeout(SEND_TIMEOUT);
    let endpoint = match endpoint.uri().scheme_str() {
        Some("https") => endpoint.tls_config(ClientTlsConfig::new().with_enabled_roots())?,
        _ => endpoint,
    };
    Ok(endpoint.connect_with_connector_lazy(Dialer))
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
