//! Texts of which the sender is not trusted, and times for people.

use std::borrow::Cow;

use chrono::{DateTime, TimeDelta, Utc};

/// The text without what could steer a terminal, reorder what it shows, or hide in it; where something was, it is
/// shown that it was.
pub fn printable(text: &str) -> Cow<'_, str> {
    if text.contains(steers) {
        text.replace(steers, "\u{fffd}").into()
    } else {
        text.into()
    }
}

fn steers(c: char) -> bool {
    let is_unseen = matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}');
    c.is_control() || is_unseen
}

/// How long ago something was.
pub fn age(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    span(now.signed_duration_since(at))
}

/// A span of time in its largest unit and the next one: `42s`, `3m 20s`, `2d 4h`.
pub fn span(span: TimeDelta) -> String {
    let seconds = span.num_seconds().max(0);
    let units = [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)];
    let mut parts = Vec::new();
    let mut left = seconds;
    for (unit, size) in units {
        if left >= size || (parts.is_empty() && size == 1) {
            parts.push(format!("{}{unit}", left / size));
        } else if !parts.is_empty() {
            break;
        }
        left %= size;
        if parts.len() == 2 {
            break;
        }
    }
    parts.join(" ")
}
