//! Log lines, and the spans that traces are made of.

use std::io::IsTerminal as _;

use opentelemetry_sdk::trace::SdkTracer;
use tracing::{Level, Metadata};
use tracing_subscriber::{
    EnvFilter, Layer,
    filter::{FilterExt as _, filter_fn},
    fmt,
    layer::{Filter, SubscriberExt as _},
    registry::LookupSpan,
    util::SubscriberInitExt as _,
};

use super::options::{TelemetryError, TelemetryOptions};
use crate::config::model::LogFormat;

type BoxedLayer<S> = Box<dyn Layer<S> + Send + Sync>;

pub(super) fn install(
    options: &TelemetryOptions,
    tracer: Option<SdkTracer>,
) -> Result<(), TelemetryError> {
    let filter = filter(&options.filter)?;
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

/// The lines that were asked for. Of other crates none below `info`, whatever was asked: those of
/// an HTTP client, a resolver or a TLS library tell whom we ask, and with which headers.
pub(super) fn filter<S>(asked: &str) -> Result<impl Filter<S> + use<S>, TelemetryError>
where
    S: tracing::Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
{
    let asked: EnvFilter = asked.parse()?;
    let tellable = |metadata: &Metadata<'_>| is_of_us(metadata) || *metadata.level() <= Level::INFO;
    Ok(asked.and(filter_fn(tellable)))
}

/// Only our own spans are exported: those of the exporter's transport would make an export of
/// each export.
fn is_ours(metadata: &Metadata<'_>) -> bool {
    is_of_us(metadata) && *metadata.level() <= Level::INFO
}

fn is_of_us(metadata: &Metadata<'_>) -> bool {
    let target = metadata.target();
    let crate_name = target.split_once("::").map_or(target, |it| it.0);
    crate_name == "passport" || crate_name.starts_with("passport_")
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
