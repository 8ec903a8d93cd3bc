//! Secrets that are written in another way: percent-encoded, escaped for JSON, or in base64. What is
//! decoded is redacted as the line itself is; where anything is found in it, the whole run goes.

use base64::Engine as _;
use percent_encoding::percent_decode_str;
use regex::Regex;

use super::hits;
use super::patterns::Patterns;
use super::{PatternId, Redacted, Redactor, clean};

/// How deep encodings lie in one another. Each level is at most as long as the one around it.
const MAX_DEPTH: u8 = 2;

type Decode = fn(&str) -> Vec<String>;

/// Replaces the runs that hide something, and tells whether there was one.
pub(super) fn replace(
    redactor: &Redactor,
    patterns: &Patterns,
    redacted: &mut Redacted,
    depth: u8,
) -> bool {
    if depth >= MAX_DEPTH {
        return false;
    }
    let ways: [(&Regex, Decode); 3] = [
        (&patterns.percent_encoded, percent),
        (&patterns.json_escaped, json),
        (&patterns.base64, base64),
    ];
    let mut any = false;
    for (runs, decode) in ways {
        let found = runs.find_iter(&redacted.text).filter_map(|run| {
            let kinds = decode(run.as_str()).into_iter();
            let kinds = kinds.filter_map(|it| kind_in(redactor, patterns, &it, depth));
            kinds.min().map(|id| (id, run.range()))
        });
        let found: Vec<_> = found.collect();
        any |= hits::replace_each(patterns, redacted, &found);
    }
    any
}

/// The first kind of secret in a decoded text.
fn kind_in(
    redactor: &Redactor,
    patterns: &Patterns,
    decoded: &str,
    depth: u8,
) -> Option<PatternId> {
    let mut inner = Redacted {
        text: clean::clean(patterns, decoded),
        ..Redacted::default()
    };
    redactor.round(patterns, &mut inner, depth.saturating_add(1));
    inner.counts.into_keys().next()
}

/// A plus may be a blank, as in forms.
fn percent(run: &str) -> Vec<String> {
    let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let mut all = vec![decode(run)];
    if run.contains('+') {
        all.push(decode(&run.replace('+', " ")));
    }
    all
}

/// What a text of JSON stands for. A run may be cut within an escape.
fn json(run: &str) -> Vec<String> {
    let mut rest = run;
    let mut out = String::with_capacity(run.len());
    while let Some(at) = rest.find('\\') {
        let (plain, escape) = rest.split_at(at);
        out.push_str(plain);
        let (meant, length) = escaped(escape);
        out.push(meant);
        rest = hits::rest(escape, length);
    }
    out.push_str(rest);
    vec![out]
}

/// The character that an escape stands for, and how long it is.
fn escaped(escape: &str) -> (char, usize) {
    let of_code = |digits: &str| char::from_u32(u32::from_str_radix(digits, 16).ok()?);
    let after = hits::rest(escape, 1);
    match after.chars().next() {
        Some('u') => match after.get(1..5).and_then(of_code) {
            Some(c) => (c, 6),
            None => (' ', 2),
        },
        Some('n' | 't' | 'r' | 'b' | 'f') => (' ', 2),
        Some(c) => (c, c.len_utf8().saturating_add(1)),
        None => (' ', 1),
    }
}

/// A text that is printable, in either alphabet. A cut line leaves up to three characters too many.
fn base64(run: &str) -> Vec<String> {
    let plain = run.trim_end_matches('=');
    let plain = plain.replace('-', "+").replace('_', "/");
    let whole = plain
        .len()
        .saturating_sub(usize::from(plain.len() % 4 == 1));
    let decoded = STANDARD_LENIENT.decode(hits::piece(&plain, 0..whole));
    let text = decoded.ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let is_text = |it: &String| !it.chars().any(|c| c.is_control() && !c.is_whitespace());
    text.filter(is_text).into_iter().collect()
}

/// Bits behind a cut do not matter.
const STANDARD_LENIENT: base64::engine::GeneralPurpose = base64::engine::GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    base64::engine::general_purpose::NO_PAD.with_decode_allow_trailing_bits(true),
);
