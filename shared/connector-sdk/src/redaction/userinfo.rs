//! User and password in a URL.

use super::hits::{Hits, rest};
use super::patterns::Patterns;

/// Finds what stands between a URL's scheme and its `@`.
pub(super) fn find(patterns: &Patterns, text: &str) -> Hits {
    let mut hits = Hits::new();
    let mut at = 0;
    while let Some(scheme) = patterns.url_scheme.find_at(text, at) {
        let (length, is_hit) = userinfo(rest(text, scheme.end()));
        at = scheme.end().saturating_add(length);
        if is_hit {
            hits.push(scheme.end()..at);
        }
    }
    hits
}

/// How far the text behind a scheme was looked at, and whether this is user and password.
fn userinfo(text: &str) -> (usize, bool) {
    let authority = until(text, |c| ends_url(c) || matches!(c, '/' | '?' | '#'));
    if let Some(end) = authority.rfind('@') {
        return (end, true);
    }
    if !has_password(authority) {
        return (0, false);
    }
    // The password holds `/`, `?` or `#`, or the line was cut before the `@`.
    let url = until(text, ends_url);
    let cut = url.len() == text.len();
    match url.rfind('@') {
        Some(end) => (end, true),
        None => (url.len(), cut),
    }
}

/// Whether what follows the first colon is no port.
fn has_password(authority: &str) -> bool {
    let Some((user, password)) = authority.split_once(':') else {
        return false;
    };
    let port = password.trim_end_matches(|c: char| c.is_ascii_punctuation());
    // `[` begins an IPv6 host or a replacement.
    !user.contains('[') && !port.bytes().all(|byte| byte.is_ascii_digit())
}

fn ends_url(c: char) -> bool {
    c.is_whitespace() || matches!(c, '"' | '<' | '>')
}

fn until(text: &str, end: impl Fn(char) -> bool) -> &str {
    text.split(end).next().unwrap_or_default()
}
