//! Putting replacements in the place of hits.

use std::ops::Range;

use super::named::Names;
use super::pattern_id::is_marker;
use super::patterns::Patterns;
use super::{PatternId, Redacted};

/// Where a pattern hit: byte ranges in rising order.
pub(super) type Hits = Vec<Range<usize>>;

/// Replaces the hits of one pattern; see [`replace_each`].
pub(super) fn replace(
    patterns: &Patterns,
    redacted: &mut Redacted,
    id: PatternId,
    hits: &Hits,
) -> bool {
    let hits: Vec<_> = hits.iter().map(|hit| (id, hit.clone())).collect();
    replace_each(patterns, redacted, &hits)
}

/// Replaces the hits, which are in rising order, and counts them. What an earlier pattern replaced stays as it
/// is. A hit that swallowed the name of another secret takes that one's value too. Tells whether anything was
/// replaced.
pub(super) fn replace_each(
    patterns: &Patterns,
    redacted: &mut Redacted,
    hits: &[(PatternId, Range<usize>)],
) -> bool {
    if hits.is_empty() {
        return false;
    }
    let text = &redacted.text;
    let names = Names::of(patterns, text);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    let mut counted = Vec::new();
    for (id, hit) in hits {
        let hit = hit.start.max(at)..hit.end;
        if hit.is_empty() || is_marker(piece(text, hit.clone())) {
            continue;
        }
        out.push_str(piece(text, at..hit.start));
        out.push_str(&id.marker());
        at = names.carry_on(text, hit.end);
        counted.push(*id);
    }
    out.push_str(rest(text, at));
    redacted.text = out;
    for id in &counted {
        let total = redacted.counts.entry(*id).or_default();
        *total = total.saturating_add(1);
    }
    !counted.is_empty()
}

/// The text in a range; nothing where the range does not fit, so that a fault loses text and leaks none.
pub(super) fn piece(text: &str, range: Range<usize>) -> &str {
    text.get(range).unwrap_or_default()
}

/// The text from here on.
pub(super) fn rest(text: &str, from: usize) -> &str {
    piece(text, from..text.len())
}
