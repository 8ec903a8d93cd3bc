//! Which log lines are written.

use std::{
    io,
    sync::{Arc, Mutex},
};

use opentelemetry::trace::{
    SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState, TracerProvider as _,
};
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::{Layer as _, fmt, layer::SubscriberExt as _};

use super::super::logs;
use crate::config::model::LogFormat;

/// Text that was written.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What is written of `say` where somebody asks for these lines.
fn written(asked: &str, say: impl FnOnce()) -> String {
    let written = Written::default();
    let writer = written.clone();
    let layer = fmt::layer().with_writer(move || writer.clone());
    let layer = layer.with_filter(logs::filter(asked).unwrap());
    tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), say);
    String::from_utf8(written.0.lock().unwrap().clone()).unwrap()
}

macro_rules! at_every_level {
    ($($target:literal),+) => {$(
        tracing::trace_span!(target: $target, "theirs", host = "hidden.example").in_scope(|| {
            tracing::trace!(target: $target, "hidden at trace");
            tracing::debug!(target: $target, "hidden at debug");
            tracing::info!(target: $target, "told by {}", $target);
        });
    )+};
}

#[test]
fn libraries_tell_nothing_below_info_whatever_is_asked() {
    for asked in [
        "trace",
        "trace,hyper=trace,hyper_util=debug,h2=trace,reqwest=trace,rustls=trace",
        "info,hickory_resolver=trace,hickory_proto=trace,tower=trace,passportal=trace",
        "[theirs]=trace",
    ] {
        let text = written(asked, || {
            at_every_level!(
                "hyper::proto",
                "hyper_util::client::legacy::connect",
                "h2::codec::framed_write",
                "reqwest::connect",
                "rustls::client::hs",
                "hickory_resolver::name_server",
                "hickory_proto",
                "tower::buffer",
                "tonic::transport",
                "opentelemetry_sdk",
                "passportal"
            );
        });
        assert!(!text.contains("hidden"), "{asked}: {text}");
    }
}

#[test]
fn what_libraries_tell_at_info_and_all_that_we_tell_can_be_asked_for() {
    let text = written("trace", || {
        at_every_level!("hyper");
        tracing::trace!(target: "passport_connector_sdk::provider", "ours at trace");
        tracing::trace!(target: "passport", "the command at trace");
    });
    for line in ["told by hyper", "ours at trace", "the command at trace"] {
        assert!(text.contains(line), "{line}: {text}");
    }
    let text = written(
        "info",
        || tracing::debug!(target: "passport_gateway", "more"),
    );
    assert_eq!(text, "");
}

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

/// What is written in a span of a trace, and outside of it.
fn written_in_a_trace(format: LogFormat) -> String {
    let written = Written::default();
    let writer = written.clone();
    let tracer = SdkTracerProvider::default().tracer("test");
    let subscriber = tracing_subscriber::registry()
        .with(tracing_opentelemetry::layer().with_tracer(tracer))
        .with(logs::lines(format, false, move || writer.clone()));
    tracing::subscriber::with_default(subscriber, || {
        let parent = SpanContext::new(
            TraceId::from_hex(TRACE).unwrap(),
            SpanId::from_hex("00f067aa0ba902b7").unwrap(),
            TraceFlags::NOT_SAMPLED,
            true,
            TraceState::NONE,
        );
        let span = tracing::info_span!("request");
        let parent = opentelemetry::Context::new().with_remote_span_context(parent);
        span.set_parent(parent).unwrap();
        span.in_scope(|| tracing::info!(number = 1, "within"));
        tracing::info!("without");
    });
    String::from_utf8(written.0.lock().unwrap().clone()).unwrap()
}

#[test]
fn a_line_of_json_names_its_trace_and_its_span() {
    let text = written_in_a_trace(LogFormat::Json);
    let lines: Vec<serde_json::Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines[0]["message"], "within");
    assert_eq!(lines[0]["trace_id"], TRACE);
    assert_eq!(lines[0]["span_id"].as_str().unwrap().len(), 16);
    assert_ne!(lines[0]["span_id"], "00f067aa0ba902b7");
    assert_eq!(lines[1]["message"], "without");
    assert_eq!(lines[1].get("trace_id"), None);
}

#[test]
fn a_line_of_text_names_its_trace_and_its_span_at_its_end() {
    let text = written_in_a_trace(LogFormat::Text);
    let lines: Vec<_> = text.lines().collect();
    let (_, named) = lines[0].split_once("within number=1 ").unwrap();
    let (trace, span) = named.split_once(" span_id=").unwrap();
    assert_eq!(trace, format!("trace_id={TRACE}"));
    assert_eq!(span.len(), 16);
    assert!(lines[1].ends_with("without"), "{text}");
    assert_eq!(lines.len(), 2);
}
