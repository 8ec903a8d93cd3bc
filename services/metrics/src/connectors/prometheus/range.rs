//! Ranges that a server answers, and of which something can be fresh.

use passport_connector_sdk::{Builder, settings::Span};
use passport_evidence::MaxAge;

use super::settings::RangeSettings;

/// Furthest that a range reaches back.
const MAX_WINDOW: Span = Span::of_seconds(86_400);
/// Most points of a series that a server answers; asked for more, it refuses the question.
const MAX_POINTS: u32 = 11_000;

/// Reports what is wrong with a range, and tells whether nothing is.
pub fn check(
    range: RangeSettings,
    at: &impl Fn(&str) -> String,
    builder: &mut Builder<'_>,
) -> bool {
    let (window, step) = (range.window.as_secs(), range.step.as_secs());
    let settle = range.settle.map_or(0, Span::as_secs);
    let max_age = builder.max_age().map_or(u32::MAX, MaxAge::as_secs);
    let flaws = [
        (
            range.window > MAX_WINDOW,
            "range.window",
            "is over 24h",
            "write at most 24h",
        ),
        (
            step == 0 || step > window || window / step.max(1) >= MAX_POINTS,
            "range.step",
            "is longer than the window, or gives more than 11000 points",
            "write one such as 60s",
        ),
        (
            step.saturating_add(settle) > max_age,
            "range",
            "ends so long ago, by its step and `settle`, that nothing could be fresh",
            "shorten them, or write a longer `max_age`",
        ),
    ];
    let found = flaws.into_iter().filter(|(is_wrong, ..)| *is_wrong);
    let found: Vec<_> = found.collect();
    for (_, key, reason, fix) in &found {
        builder.problem(at(key), *reason, *fix);
    }
    found.is_empty()
}
