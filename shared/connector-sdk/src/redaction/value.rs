//! Where the value after a name ends. No value needs its closing part.

use super::hits::rest;
use super::pattern_id::MARKER_START;

/// Quotes that a log shows as text: in HTML, in a URL, in JSON.
const WRITTEN_QUOTES: [&str; 4] = ["&quot;", "&#34;", "%22", "\\u0022"];

/// The length of a value that is quoted, bracketed or already replaced; nothing for a bare word.
pub(super) fn enclosed(text: &str) -> Option<usize> {
    let end = replaced(text)
        .or_else(|| quoted(text))
        .or_else(|| bracketed(text))?;
    Some(end.saturating_add(glued(rest(text, end))))
}

/// The length up to the first character that ends a bare value.
pub(super) fn bare(text: &str, ends: impl Fn(char) -> bool) -> usize {
    text.find(ends).unwrap_or(text.len())
}

/// What ends the bare value of a secret name.
pub(super) fn ends_secret(c: char) -> bool {
    c.is_whitespace() || matches!(c, ',' | ';' | '&')
}

fn replaced(text: &str) -> Option<usize> {
    let end = text.strip_prefix(MARKER_START)?.find(']')?;
    MARKER_START.len().checked_add(end)?.checked_add(1)
}

/// A quoted text to behind its closing quote, or to the end. Its quotes may be escaped, as in JSON
/// within JSON: then the closing one has as many backslashes before it as the opening one.
fn quoted(text: &str) -> Option<usize> {
    if let Some(quote) = WRITTEN_QUOTES
        .iter()
        .find(|quote| text.starts_with(**quote))
    {
        let inner = rest(text, quote.len());
        return Some(inner.find(quote).map_or(text.len(), |end| {
            end.saturating_add(quote.len()).saturating_add(quote.len())
        }));
    }
    let depth = text.bytes().take_while(|byte| *byte == b'\\').count();
    let quote = rest(text, depth).chars().next()?;
    matches!(quote, '"' | '\'' | '`').then(|| closing(text, quote, depth))
}

fn closing(text: &str, quote: char, depth: usize) -> usize {
    let mut backslashes: usize = 0;
    for (at, c) in text.char_indices().skip(depth.saturating_add(1)) {
        if c == '\\' {
            backslashes = backslashes.saturating_add(1);
            continue;
        }
        if c == quote && closes(backslashes, depth) {
            return at.saturating_add(1);
        }
        backslashes = 0;
    }
    text.len()
}

/// With `depth` backslashes before the opening quote, an inner quote has more of them: a further
/// level of escaping doubles them and adds one. Fewer of them end an outer text.
fn closes(backslashes: usize, depth: usize) -> bool {
    let period = depth.saturating_add(1).saturating_mul(2);
    backslashes < depth || backslashes.checked_rem(period) == Some(depth)
}

/// A list or object to behind its last bracket, or to the end.
fn bracketed(text: &str) -> Option<usize> {
    let mut open: usize = 0;
    let mut at: usize = 0;
    while let Some(c) = rest(text, at).chars().next() {
        match c {
            '[' | '{' | '(' => open = open.saturating_add(1),
            ']' | '}' | ')' => open = open.saturating_sub(1),
            _ => {}
        }
        if open == 0 {
            return (at > 0).then(|| at.saturating_add(1));
        }
        let step = quoted(rest(text, at)).unwrap_or_else(|| plain(rest(text, at), c));
        at = at.saturating_add(step);
    }
    (open > 0).then_some(text.len())
}

/// The length of what is no quote: a run of backslashes at once, or one character.
fn plain(text: &str, first: char) -> usize {
    let backslashes = text.bytes().take_while(|byte| *byte == b'\\').count();
    backslashes.max(first.len_utf8())
}

/// What is glued to the end of an enclosed value and goes on with it, as in `"ab"cd`.
fn glued(text: &str) -> usize {
    let goes_on = |c: char| c.is_alphanumeric() || "-_+=~$@#%^*".contains(c);
    if text.starts_with(goes_on) {
        bare(text, ends_secret)
    } else {
        0
    }
}
