//! What headers tell of time and limits.

use chrono::{DateTime, TimeDelta, Utc};
use http::{
    HeaderMap,
    header::{DATE, RETRY_AFTER},
};

/// Longest wait that is believed.
const MAX_WAIT: TimeDelta = TimeDelta::hours(24);

/// When to try again: seconds from now, or a date. `None` where the header is absent or neither; no
/// time is made up.
pub(super) fn retry_at(headers: &HeaderMap, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let at = match text.parse::<u32>() {
        Ok(seconds) => now + TimeDelta::seconds(seconds.into()),
        Err(_) => http_date(text)?,
    };
    Some(at.min(now + MAX_WAIT))
}

/// The provider's own time of its answer.
pub(super) fn date(headers: &HeaderMap) -> Option<DateTime<Utc>> {
    http_date(headers.get(DATE)?.to_str().ok()?)
}

fn http_date(text: &str) -> Option<DateTime<Utc>> {
    httpdate::parse_http_date(text).ok().map(DateTime::from)
}
