//! How many points were not kept, by reason and nothing else: names of other services and metrics
//! are not ours to know.

use std::collections::BTreeMap;

use opentelemetry::{KeyValue, global};

use super::accept::Sifted;

/// Counts what was not kept of an export.
pub fn count(sifted: &Sifted) {
    add(
        "passport.otlp.points.dropped",
        "Points that no query asks for.",
        &sifted.dropped,
    );
    add(
        "passport.otlp.points.rejected",
        "Points that can't be used.",
        &sifted.rejected,
    );
}

fn add(name: &'static str, meaning: &'static str, points: &BTreeMap<&'static str, usize>) {
    if points.is_empty() {
        return;
    }
    let counter = global::meter("passport")
        .u64_counter(name)
        .with_description(meaning)
        .build();
    for (reason, points) in points {
        counter.add(*points as u64, &[KeyValue::new("reason", *reason)]);
    }
}
