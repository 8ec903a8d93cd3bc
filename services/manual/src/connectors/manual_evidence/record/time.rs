//! Instants: a date alone is none, and neither is a time of no place.

use chrono::{DateTime, Utc};

/// An instant in RFC 3339, with an offset.
pub fn instant(text: &str) -> Option<DateTime<Utc>> {
    let has_t = text
        .as_bytes()
        .get(10)
        .is_some_and(|it| matches!(it, b'T' | b't'));
    let instant = DateTime::parse_from_rfc3339(text).ok()?;
    has_t.then(|| instant.to_utc())
}
