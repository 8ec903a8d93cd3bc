//! Where instruments come from, and those that every server has.

use std::time::Duration;

use opentelemetry::{
    KeyValue,
    metrics::{Counter, Histogram, Meter, MeterProvider as _},
};
use opentelemetry_sdk::metrics::SdkMeterProvider;
use prometheus::{Registry, TextEncoder};

use super::{
    options::{MetricPush, TelemetryError, TelemetryOptions},
    otlp,
};

const PUSH_INTERVAL: Duration = Duration::from_secs(60);

/// In seconds: from a lookup in memory to the longest that a collection may take.
const DURATIONS: [f64; 13] = [
    0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
];

/// Where instruments come from, and where they are read. Sets nothing for the whole process.
#[derive(Debug, Clone)]
pub struct Meters {
    provider: SdkMeterProvider,
    registry: Registry,
}

/// Instruments of a server. A clone counts into the same.
#[derive(Debug, Clone)]
pub struct Metrics {
    requests: Counter<u64>,
    errors: Counter<u64>,
    duration: Histogram<f64>,
}

// === impl Meters ===

impl Meters {
    /// Metrics for the Prometheus text format, and for the servers that take them by OTLP. Where
    /// there are such servers, a tokio runtime has to be there too.
    pub fn new(options: &TelemetryOptions) -> Result<Self, TelemetryError> {
        let registry = Registry::new();
        let exporter = opentelemetry_prometheus::exporter()
            .with_registry(registry.clone())
            .scope_info_enabled(false)
            .build()?;
        let mut provider = SdkMeterProvider::builder()
            .with_resource(otlp::resource(options))
            .with_reader(exporter);
        let pushes = options.metric_pushes.iter().cloned();
        for push in pushes.chain(options.otlp_endpoint.as_deref().map(regular)) {
            provider = provider.with_reader(otlp::metrics(&push)?);
        }
        Ok(Self {
            provider: provider.build(),
            registry,
        })
    }

    /// For instruments of one's own.
    pub fn meter(&self) -> Meter {
        self.provider.meter(otlp::SCOPE)
    }

    /// All metrics in the Prometheus text format.
    pub fn render(&self) -> String {
        let families = self.registry.gather();
        TextEncoder::new()
            .encode_to_string(&families)
            .unwrap_or_else(|error| {
                tracing::error!(%error, "metrics can't be written as text");
                String::new()
            })
    }

    pub(super) fn provider(&self) -> &SdkMeterProvider {
        &self.provider
    }
}

fn regular(endpoint: &str) -> MetricPush {
    MetricPush {
        endpoint: endpoint.to_owned(),
        bearer: None,
        interval: PUSH_INTERVAL,
    }
}

// === impl Metrics ===

impl Metrics {
    /// The instruments, from any meter.
    pub fn new(meter: &Meter) -> Self {
        Self {
            requests: meter
                .u64_counter("passport.server.requests")
                .with_description("Requests that were answered or given up.")
                .build(),
            errors: meter
                .u64_counter("passport.server.errors")
                .with_description("Requests that this server could not answer, by its own fault.")
                .build(),
            duration: meter
                .f64_histogram("passport.server.request.duration")
                .with_unit("s")
                .with_description("Time until the last byte of an answer was handed over.")
                .with_boundaries(DURATIONS.to_vec())
                .build(),
        }
    }

    pub(super) fn record(&self, labels: &[KeyValue], took: Duration, is_error: bool) {
        self.requests.add(1, labels);
        self.duration.record(took.as_secs_f64(), labels);
        // Adding nothing makes the series exist, so that a rate over it is zero and not absent.
        self.errors.add(u64::from(is_error), labels);
    }
}
