//! Dates as mail has them (RFC 5322, section 3.3). Pure.

use chrono::{DateTime, Utc};

/// Reads a date; a remark in brackets may follow it. `None`: it is none.
pub fn parse(text: &str) -> Option<DateTime<Utc>> {
    let text = text.split('(').next()?.trim();
    let read = DateTime::parse_from_rfc2822(text).ok()?;
    Some(read.with_timezone(&Utc))
}
