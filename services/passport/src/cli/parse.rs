//! Arguments with a form of their own.

use std::time::Duration;

use chrono::{DateTime, Utc};
use passport_evidence::MaxAge;

const LIKE: &str = "wanted: a time span such as 30s, 5m or 2h";

/// A span of time above zero.
pub fn duration(text: &str) -> Result<Duration, &'static str> {
    humantime::parse_duration(text)
        .ok()
        .filter(|span| !span.is_zero())
        .ok_or(LIKE)
}

/// A span of whole seconds above zero.
pub fn max_age(text: &str) -> Result<MaxAge, &'static str> {
    MaxAge::from_duration(duration(text)?).ok_or("wanted: whole seconds, such as 30s or 5m")
}

/// When something ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    /// At a moment.
    At(DateTime<Utc>),
    /// This long from now.
    In(Duration),
}

/// A moment, or a span from now.
pub fn expiry(text: &str) -> Result<Expiry, &'static str> {
    let at = DateTime::parse_from_rfc3339(text).map(|at| Expiry::At(at.to_utc()));
    at.or_else(|_| duration(text).map(Expiry::In))
        .map_err(|_| "wanted: a time span such as 90d, or a moment such as 2027-01-01T00:00:00Z")
}
