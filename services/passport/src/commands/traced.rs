//! The trace that a command begins.

use passport_service_kit::telemetry::CommandTraces;
use tracing::Instrument as _;
use tracing::field::Empty;

use super::SERVICE;
use crate::exit::{Exit, Fault};
use crate::terminal::remark;

/// Runs a command that may ask a gateway in a span of its own, which the trace of the call begins
/// with. Where the environment names nobody who takes traces, it is only run.
pub async fn traced(
    name: &'static str,
    command: impl Future<Output = Result<Exit, Fault>>,
) -> Result<Exit, Fault> {
    let traces = CommandTraces::of_environment(SERVICE).unwrap_or_else(|error| {
        remark(&format!("no trace is sent: {error}"));
        CommandTraces::none()
    });
    let span = tracing::info_span!(
        "command",
        otel.name = format!("passport {name}"),
        otel.kind = "client",
        otel.status_code = Empty,
    );
    let ended = command.instrument(span.clone()).await;
    if ended.is_err() {
        span.record("otel.status_code", "ERROR");
    }
    // It is sent when it has ended.
    drop(span);
    traces.end().await;
    ended
}
