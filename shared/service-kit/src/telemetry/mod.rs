//! What a service says of itself: log lines, traces and metrics.

mod command;
mod in_trace;
mod options;
mod otlp;
mod propagation;
mod requests;

mod logs;
mod metrics;

use opentelemetry::{global, trace::TracerProvider as _};
use opentelemetry_sdk::{propagation::TraceContextPropagator, trace::SdkTracerProvider};

pub use command::CommandTraces;
pub use metrics::{Meters, Metrics};
pub use options::{MetricPush, TelemetryError, TelemetryOptions};
pub use propagation::{extract, extract_headers, inject, inject_headers};
pub use requests::{RequestMetrics, RequestMetricsLayer};
pub(crate) use requests::{grpc_code, method};

/// The telemetry of this process.
pub struct Telemetry {
    traces: Option<SdkTracerProvider>,
    meters: Meters,
}

// === impl Telemetry ===

impl Telemetry {
    /// Sets the process's subscriber and providers. To be called once, within a tokio runtime, and
    /// before anything else that is worth a log line.
    pub fn init(options: TelemetryOptions) -> Result<Self, TelemetryError> {
        let meters = Meters::new(&options)?;
        let traces = otlp::traces(&options)?;
        // Lines name their trace, and calls hand it on, also where nobody takes it.
        let untaken = SdkTracerProvider::default;
        let tracer = traces.clone().unwrap_or_else(untaken).tracer(otlp::SCOPE);
        logs::install(&options, tracer)?;
        global::set_text_map_propagator(TraceContextPropagator::new());
        global::set_meter_provider(meters.provider().clone());
        if let Some(traces) = &traces {
            global::set_tracer_provider(traces.clone());
        }
        Ok(Self { traces, meters })
    }

    /// Where instruments come from.
    pub fn meters(&self) -> &Meters {
        &self.meters
    }

    /// The instruments that every server has.
    pub fn metrics(&self) -> Metrics {
        Metrics::new(&self.meters.meter())
    }

    /// All metrics in the Prometheus text format, for `/metrics`.
    pub fn render(&self) -> String {
        self.meters.render()
    }

    /// Sends what was not sent yet and stops. The last thing that a process does.
    pub async fn shutdown(self) {
        let stop = move || {
            let traces = self.traces.as_ref().map(SdkTracerProvider::shutdown);
            [traces, Some(self.meters.provider().shutdown())]
        };
        // Exporters need the runtime while this waits for them.
        let stopped = tokio::task::spawn_blocking(stop).await;
        for error in stopped
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(Result::err)
        {
            tracing::warn!(%error, "telemetry was not sent whole");
        }
    }
}

#[cfg(test)]
mod tests;
