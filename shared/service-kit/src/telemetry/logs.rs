//! Log lines, and the spans that traces are made of.

use std::io::IsTerminal as _;

use opentelemetry_sdk::trace::SdkTracer;
use tracing::{Level, Metadata};
use tracing_subscriber::{
    EnvFilter, Layer,
    filter::{FilterExt as _, filter_fn},
    fmt::{self, MakeWriter, format::JsonFields},
    layer::{Filter, SubscriberExt as _},
    registry::LookupSpan,
    util::SubscriberInitExt as _,
};

use super::{
    in_trace::InTrace,
    options::{TelemetryError, TelemetryOptions},
};
use crate::config::model::LogFormat;

type BoxedLayer<S> = Box<dyn Layer<S> + Send + Sync>;

pub(super) fn install(options: &TelemetryOptions, tracer: SdkTracer) -> Result<(), TelemetryError> {
    let filter = filter(&options.filter)?;
    tracing_subscriber::registry()
        .with(traces(tracer))
        .with(lines(options.log_format, is_coloured(), std::io::stderr).with_filter(filter))
        .try_init()?;
    Ok(())
}

/// Traces without log lines.
pub(super) fn only_traces(tracer: SdkTracer) -> Result<(), TelemetryError> {
    tracing_subscriber::registry()
        .with(traces(tracer))
        .try_init()?;
    Ok(())
}

fn traces<S>(tracer: SdkTracer) -> impl Layer<S>
where
    S: tracing::Subscriber + for<'a> LookupSpan<'a>,
{
    tracing_opentelemetry::layer()
        .with_tracer(tracer)
        .with_filter(filter_fn(is_ours))
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

/// On a terminal, unless `NO_COLOR` is set.
fn is_coloured() -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|it| !it.is_empty());
    std::io::stderr().is_terminal() && !refused
}

pub(super) fn lines<S, W>(format: LogFormat, coloured: bool, to: W) -> BoxedLayer<S>
where
    S: tracing::Subscriber + for<'a> LookupSpan<'a>,
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let lines = fmt::layer().with_writer(to);
    match format {
        LogFormat::Text => lines
            .with_ansi(coloured)
            .event_format(InTrace::text(fmt::format().with_ansi(coloured)))
            .boxed(),
        LogFormat::Json => lines
            .fmt_fields(JsonFields::new())
            .event_format(InTrace::json(fmt::format().json().flatten_event(true)))
            .boxed(),
    }
}
