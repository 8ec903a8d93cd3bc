//! Long runs that look random.

use std::collections::BTreeMap;
use std::ops::Range;

use super::hits::{Hits, piece};
use super::patterns::Patterns;

const MIN_LENGTH: usize = 32;
const MIN_BITS: f64 = 4.0;

/// Finds random-looking runs. `kept` parts (the subject's own ids) are not looked at.
pub(super) fn find(patterns: &Patterns, text: &str, kept: &[String]) -> Hits {
    let runs = patterns.random.find_iter(text);
    runs.flat_map(|run| without(text, run.range(), kept))
        .filter(|range| is_random(piece(text, range.clone())))
        .collect()
}

/// The run in the parts that the kept ids leave of it.
fn without(text: &str, run: Range<usize>, kept: &[String]) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut at = run.start;
    for own in places(piece(text, run.clone()), kept) {
        parts.push(at..run.start.saturating_add(own.start));
        at = at.max(run.start.saturating_add(own.end));
    }
    parts.push(at..run.end);
    parts.retain(|part| part.start < part.end);
    parts
}

/// Where the kept ids stand, in rising order.
fn places(run: &str, kept: &[String]) -> Vec<Range<usize>> {
    let of = |id: &String| -> Vec<_> {
        let starts = run.match_indices(id.as_str());
        starts
            .map(|(at, id)| at..at.saturating_add(id.len()))
            .collect()
    };
    let mut places: Vec<_> = kept.iter().flat_map(of).collect();
    places.sort_by_key(|place| place.start);
    places
}

fn is_random(run: &str) -> bool {
    run.len() >= MIN_LENGTH && bits_per_character(run) >= MIN_BITS
}

/// Shannon entropy of the run's characters.
fn bits_per_character(run: &str) -> f64 {
    let mut counts: BTreeMap<u8, f64> = BTreeMap::new();
    for byte in run.bytes() {
        *counts.entry(byte).or_default() += 1.0;
    }
    let total: f64 = counts.values().sum();
    counts
        .values()
        .map(|count| -(count / total) * (count / total).log2())
        .sum()
}
