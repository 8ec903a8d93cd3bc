//! Values that a name before them gives away.

use super::hits::{Hits, piece, rest};
use super::pattern_id::MARKER_START;
use super::patterns::Patterns;
use super::value;

/// Schemes whose credentials are a list of pairs with commas between.
const LISTED_SCHEMES: [&str; 6] = [
    "digest",
    "oauth",
    "signature",
    "hawk",
    "mac",
    "aws4-hmac-sha256",
];

/// Schemes whose credentials may look like a pair.
const PLAIN_SCHEMES: [&str; 8] = [
    "bearer",
    "basic",
    "token",
    "apikey",
    "negotiate",
    "ntlm",
    "geniekey",
    "dpop",
];

/// Finds the values of the headers that authenticate, with their scheme word.
pub(super) fn auth_values(patterns: &Patterns, text: &str) -> Hits {
    values(&patterns.auth_name, text, |_, value| {
        value::enclosed(value).unwrap_or_else(|| credentials(value))
    })
}

/// Finds what follows `bearer` and `basic`.
pub(super) fn auth_words(patterns: &Patterns, text: &str) -> Hits {
    patterns
        .auth_word
        .captures_iter(text)
        .filter_map(|hit| hit.get(1).map(|token| token.range()))
        .collect()
}

/// Finds the values of names that say they are secret.
pub(super) fn secret_values(patterns: &Patterns, text: &str) -> Hits {
    values(&patterns.secret_name, text, |name, value| {
        value::enclosed(value).unwrap_or_else(|| secret(text, name, value))
    })
}

/// The places in a text where a name says that a secret follows.
pub(super) struct Names(Hits);

impl Names {
    pub(super) fn of(patterns: &Patterns, text: &str) -> Self {
        let names = patterns.any_name.find_iter(text).map(|name| name.range());
        Self(names.filter(|name| !in_marker(text, name.start)).collect())
    }

    /// The end of a hit that may have swallowed a name: behind the value of that name.
    pub(super) fn carry_on(&self, text: &str, mut end: usize) -> usize {
        let next = self.0.partition_point(|name| name.end < end);
        for name in self.0.iter().skip(next) {
            if name.start >= end {
                break;
            }
            let value = rest(text, name.end);
            let length = value::enclosed(value)
                .unwrap_or_else(|| credentials(value).max(secret(text, name.start, value)));
            end = end.max(name.end.saturating_add(length));
        }
        end
    }
}

/// The ranges of the values after each name; `length` is given where the name starts and the text
/// from the value on.
fn values(names: &regex::Regex, text: &str, length: impl Fn(usize, &str) -> usize) -> Hits {
    let mut hits = Hits::new();
    let mut at = 0;
    while let Some(name) = names.find_at(text, at) {
        at = name.end();
        if !in_marker(text, name.start()) {
            let start = at;
            at = start.saturating_add(length(name.start(), rest(text, start)));
            hits.push(start..at);
        }
    }
    hits
}

/// Whether this name is the id in a replacement.
fn in_marker(text: &str, name: usize) -> bool {
    piece(text, 0..name).ends_with(MARKER_START)
}

/// The length of the bare value of a secret name.
fn secret(text: &str, name: usize, value: &str) -> usize {
    let end = value::bare(value, value::ends_secret);
    if is_cookie_header(text, name) {
        end.saturating_add(more_cookies(rest(value, end)))
    } else {
        end
    }
}

/// The length of bare credentials: a scheme word, where there is one, and what follows it.
fn credentials(value: &str) -> usize {
    let first = value::bare(value, char::is_whitespace);
    let word = piece(value, 0..first).to_ascii_lowercase();
    let blank = rest(value, first)
        .len()
        .saturating_sub(rest(value, first).trim_start().len());
    let start = first.saturating_add(blank);
    let after = rest(value, start);
    if !is_word(&word) || after.is_empty() {
        return first;
    }
    if LISTED_SCHEMES.contains(&word.as_str()) {
        return start.saturating_add(list(after));
    }
    let next = value::enclosed(after).unwrap_or_else(|| value::bare(after, char::is_whitespace));
    if !PLAIN_SCHEMES.contains(&word.as_str()) && is_pair(piece(after, 0..next)) {
        return first;
    }
    start.saturating_add(next)
}

/// The length of pairs with a comma and a blank between.
fn list(text: &str) -> usize {
    let mut end: usize = 0;
    for run in text.split_inclusive(char::is_whitespace) {
        end = end.saturating_add(run.len());
        if !run.trim_end().ends_with(',') {
            return end.saturating_sub(run.len().saturating_sub(run.trim_end().len()));
        }
    }
    end
}

fn is_word(text: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || c == '-';
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(inner)
}

/// Whether this is the log's next pair and not a credential, whose `=` could only be its padding.
fn is_pair(text: &str) -> bool {
    let name = value::bare(text, |c: char| {
        !c.is_ascii_alphanumeric() && !"_.-".contains(c)
    });
    let after = rest(text, name);
    name > 0 && (after == ":" || after.starts_with('=') && !after.chars().all(|c| c == '='))
}

/// `Cookie` holds nothing but secrets; `Set-Cookie` goes on with attributes.
fn is_cookie_header(text: &str, name: usize) -> bool {
    let is = |text: &str, word: &str| {
        text.get(..word.len())
            .is_some_and(|t| t.eq_ignore_ascii_case(word))
    };
    let before = name.checked_sub("set-".len()).map(|at| rest(text, at));
    is(rest(text, name), "cookie")
        && !before.is_some_and(|text| is(text, "set-") || is(text, "set_"))
}

/// The length of the further `; name=value` of a cookie header.
fn more_cookies(text: &str) -> usize {
    let mut end: usize = 0;
    while let Some(after) = rest(text, end).strip_prefix(';') {
        let pair = after.trim_start();
        let length = value::bare(pair, value::ends_secret);
        if !piece(pair, 0..length).contains('=') {
            break;
        }
        let blank = after.len().saturating_sub(pair.len());
        end = end
            .saturating_add(1)
            .saturating_add(blank)
            .saturating_add(length);
    }
    end
}
