//! Log lines, and the spans that traces are made of.

use std::io::IsTerminal as _;

use opentelemetry_sdk::trace::SdkTracer;
use tracing::{Level, Metadata};
use tracing_subscriber::{
    EnvFilter, Layer, filter::filter_fn, fmt, layer::SubscriberExt as _, registry::LookupSpan,
    util::SubscriberInitExt as _,
};

use super::options::{TelemetryError, TelemetryOptions};
use crate::config::model::LogFormat;

type BoxedLayer<S> = Box<dyn Layer<S> + Send + Sync>;

pub(super) fn install(
    options: &TelemetryOptions,
    tracer: Option<SdkTracer>,
) -> Result<(), TelemetryError> {
    let filter: EnvFilter = options.filter.parse()?;
    let traces = tracer.map(|tracer| {
        tracing_opentelemetry::layer()
            .with_tracer(tracer)
            .with_filter(filter_fn(is_ours))
    });
    tracing_subscriber::registry()
        .with(traces)
        .with(lines(options.log_format).with_filter(filter))
        .try_init()?;
    Ok(())
}

/// Only our own spans are exported: those of the exporter's transport would make an export of
/// each export.
fn is_ours(metadata: &Metadata<'_>) -> bool {
    metadata.target().starts_with("passport") && *metadata.level() <= Level::INFO
}

fn lines<S>(format: LogFormat) -> BoxedLayer<S>
where
    S: tracing::Subscriber + for<'a> LookupSpan<'a>,
{
    let to_stderr = fmt::layer().with_writer(std::io::stderr);
    match format {
        // Coloured, unless `NO_COLOR` is set.
        LogFormat::Text if std::io::stderr().is_terminal() => to_stderr.boxed(),
        LogFormat::Text => to_stderr.with_ansi(false).boxed(),
        LogFormat::Json => to_stderr.json().flatten_event(true).boxed(),
    }
}
