//! What headers tell of time and limits.

use chrono::{DateTime, TimeDelta, Utc};
use http::{
    HeaderMap, HeaderValue,
    header::{DATE, RETRY_AFTER},
};

/// Longest wait that is believed.
const MAX_WAIT: TimeDelta = TimeDelta::hours(24);

/// Numbers above it are Unix seconds, those below a count of seconds.
const LONGEST_COUNT: u32 = 1_000_000_000;
/// Numbers above it are Unix milliseconds: as seconds they would lie tens of thousands of years ahead.
const FIRST_MILLISECONDS: i64 = 1_000_000_000_000;
const WINDOW_END: &str = "x-ratelimit-reset";

/// When to try again: as `Retry-After` says, else when a spent budget is said to be filled again.
/// `None` where neither says it; no time is made up.
pub(super) fn retry_at(headers: &HeaderMap, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    retry_after(headers, now).or_else(|| reset(headers, now))
}

/// Whether a budget of requests is said to be spent.
pub(super) fn is_spent(headers: &HeaderMap) -> bool {
    spent(headers).next().is_some()
}

/// The headers that say when each spent budget is filled again.
fn spent(headers: &HeaderMap) -> impl Iterator<Item = &'static str> {
    let is_spent = |remaining: &str| {
        let value = headers.get(remaining);
        value.is_some_and(|value| value.as_bytes() == b"0")
    };
    let spent = BUDGETS.into_iter().filter(move |(it, _)| is_spent(it));
    spent.map(|(_, reset)| reset)
}

/// What is left of a budget, and when it is filled again.
const BUDGETS: [(&str, &str); 2] = [
    ("x-ratelimit-remaining", "x-ratelimit-reset"),
    ("ratelimit-remaining", "ratelimit-reset"),
];

fn reset(headers: &HeaderMap, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let named = spent(headers).find_map(|reset| headers.get(reset))?;
    moment(named, now)
}

/// A moment in Unix seconds or in seconds from now, where it lies ahead; at most a day.
pub(super) fn moment(named: &HeaderValue, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let seconds: u32 = named.to_str().ok()?.trim().parse().ok()?;
    let at = match seconds > LONGEST_COUNT {
        true => DateTime::from_timestamp(seconds.into(), 0)?,
        false => now + TimeDelta::seconds(seconds.into()),
    };
    (at > now).then(|| at.min(now + MAX_WAIT))
}

/// The end of a window that is named in Unix milliseconds, as some providers do without telling what is
/// left in it.
pub(super) fn window_end(headers: &HeaderMap, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let text = headers.get(WINDOW_END)?.to_str().ok()?;
    let milliseconds: i64 = text.trim().parse().ok()?;
    let is_one = milliseconds > FIRST_MILLISECONDS;
    let at = DateTime::from_timestamp_millis(milliseconds).filter(|_| is_one)?;
    (at > now).then(|| at.min(now + MAX_WAIT))
}

fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
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

#[cfg(test)]
mod tests;
