//! IPv4 and IPv6 addresses.

use regex::Match;

use super::hits::{Hits, rest};
use super::patterns::Patterns;

/// Finds addresses of both kinds.
pub(super) fn find(patterns: &Patterns, text: &str) -> Hits {
    let v6 = patterns.ipv6.find_iter(text).filter(|run| is_v6(text, run));
    let mut hits: Hits = v6.map(|run| trim(&run)).collect();
    let v4 = patterns.ipv4.find_iter(text).filter(is_v4);
    hits.extend(v4.map(|run| run.range()));
    hits.sort_by_key(|hit| (hit.start, std::cmp::Reverse(hit.end)));
    hits
}

/// Whether four neighbours among the numbers could be octets.
fn is_v4(run: &Match<'_>) -> bool {
    let parts: Vec<&str> = run.as_str().split('.').collect();
    parts
        .windows(4)
        .any(|four| four.iter().all(|part| is_octet(part)))
}

fn is_octet(part: &str) -> bool {
    part.len() <= 3 && part.parse::<u8>().is_ok()
}

/// Eight groups, or `::` with enough beside it that it is no path of a program (`std::fs`). A run
/// that ends the text may have been cut.
fn is_v6(text: &str, run: &Match<'_>) -> bool {
    let colons = run.as_str().matches(':').count();
    let cut = run.end() == text.len();
    let has_digit = run.as_str().bytes().any(|byte| byte.is_ascii_digit());
    let has_hex = run.as_str().bytes().any(|byte| byte.is_ascii_hexdigit());
    let short = run.as_str().contains("::") && has_hex;
    colons >= 7
        || short && (stands_alone(text, run) || colons >= 3 && has_digit)
        || cut && colons >= 3 && has_digit
}

fn stands_alone(text: &str, run: &Match<'_>) -> bool {
    // A letter of another script is no part of a path of a program.
    let in_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let before = text
        .get(..run.start())
        .and_then(|head| head.chars().next_back());
    !before.is_some_and(in_word) && !rest(text, run.end()).starts_with(in_word)
}

/// A single colon at an end is punctuation.
fn trim(run: &Match<'_>) -> std::ops::Range<usize> {
    let text = run.as_str();
    let lead = usize::from(text.starts_with(':') && !text.starts_with("::"));
    let trail = usize::from(text.ends_with(':') && !text.ends_with("::"));
    run.start().saturating_add(lead)..run.end().saturating_sub(trail)
}
