//! The trace of a program that asks once and ends.

use std::time::Duration;

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::trace::SdkTracerProvider;

use super::{
    logs,
    options::{TelemetryError, TelemetryOptions},
    otlp,
};

/// Where other programs that speak OTLP are told of the server, too.
const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";

/// How long a command waits for its trace to be taken. Whoever called it waits as long.
const PATIENCE: Duration = Duration::from_secs(2);

/// The trace of a command. It writes no log lines, and whether anybody takes the trace changes
/// neither what the command does nor how it ends.
pub struct CommandTraces(Option<SdkTracerProvider>);

// === impl CommandTraces ===

impl CommandTraces {
    /// Makes traces where the environment names a server that takes them by OTLP over gRPC. To be
    /// called once, within a tokio runtime.
    ///
    /// # Errors
    /// What it names is no such server.
    pub fn of_environment(service_name: &'static str) -> Result<Self, TelemetryError> {
        let endpoint = std::env::var(ENDPOINT).ok();
        let options = TelemetryOptions {
            otlp_endpoint: endpoint.filter(|it| !it.trim().is_empty()),
            ..TelemetryOptions::named(service_name)
        };
        let Some(provider) = otlp::traces(&options)? else {
            return Ok(Self::none());
        };
        logs::only_traces(provider.tracer(otlp::SCOPE))?;
        Ok(Self(Some(provider)))
    }

    /// Makes none.
    pub fn none() -> Self {
        Self(None)
    }

    /// Sends the trace, and waits for that no longer than a moment.
    pub async fn end(self) {
        let Some(provider) = self.0 else { return };
        // The exporter needs the runtime while this waits for it. A trace that nobody took is lost.
        let stop = move || provider.shutdown_with_timeout(PATIENCE);
        let _lost = tokio::task::spawn_blocking(stop).await;
    }
}
