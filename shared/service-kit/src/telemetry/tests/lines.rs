//! Which log lines are written.

use std::{
    io,
    sync::{Arc, Mutex},
};

use tracing_subscriber::{Layer as _, fmt, layer::SubscriberExt as _};

use super::super::logs;

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
