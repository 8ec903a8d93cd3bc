//! Telephone numbers: with a country's prefix, in the form of North America, or behind a name that says so.

use super::hits::Hits;
use super::patterns::Patterns;

/// Most digits of a number, after the recommendation E.164; what is longer is something else.
const MAX_DIGITS: usize = 15;

/// Finds numbers of all three kinds.
pub(super) fn find(patterns: &Patterns, text: &str) -> Hits {
    let written = patterns.phone.find_iter(text);
    let written = written.filter(|hit| !goes_on(text, hit.end()) && fits(hit.as_str()));
    let mut hits: Hits = written.map(|hit| hit.range()).collect();
    let named = patterns.phone_name.captures_iter(text);
    hits.extend(named.filter_map(|hit| hit.get(1).map(|number| number.range())));
    hits.sort_by_key(|hit| (hit.start, std::cmp::Reverse(hit.end)));
    hits
}

fn fits(number: &str) -> bool {
    number.bytes().filter(u8::is_ascii_digit).count() <= MAX_DIGITS.saturating_add(2)
}

/// A number that goes on was a part of a longer one, such as a time in nanoseconds.
fn goes_on(text: &str, at: usize) -> bool {
    super::hits::rest(text, at).starts_with(|c: char| c.is_ascii_digit())
}
