//! Arguments with a form of their own.

use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, header::AUTHORIZATION};
use chrono::{DateTime, Utc};
use passport_evidence::{MaxAge, Scope};

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

/// A scope as it is shown: its names with slashes between.
pub fn scope(text: &str) -> Result<Scope, &'static str> {
    const LIKE: &str = "wanted: WORKSPACE/SERVICE/ENVIRONMENT, as the configuration names them";
    let mut names = text.split('/');
    let mut next = || names.next().ok_or(LIKE);
    let (workspace, service, environment) = (next()?, next()?, next()?);
    if names.next().is_some() {
        return Err(LIKE);
    }
    Ok(Scope {
        workspace: workspace.parse().map_err(|_| LIKE)?,
        service: service.parse().map_err(|_| LIKE)?,
        environment: environment.parse().map_err(|_| LIKE)?,
    })
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

/// A span from now.
pub fn span(text: &str) -> Result<Expiry, &'static str> {
    duration(text).map(Expiry::In)
}

/// A moment at which something ends.
pub fn end(text: &str) -> Result<Expiry, &'static str> {
    let at = DateTime::parse_from_rfc3339(text);
    at.map(|at| Expiry::At(at.to_utc()))
        .map_err(|_| "wanted: a moment such as 2027-01-01T00:00:00Z")
}

/// A header that goes along with a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentHeader {
    /// Its name.
    pub name: HeaderName,
    /// Its value.
    pub value: HeaderValue,
}

/// The header that says when a report was made.
const OBSERVED_AT: HeaderName = HeaderName::from_static("passport-observed-at");

/// A name and a value with a colon between. A token is no header here: it would stand in the list
/// of processes, and the gateway keeps it from sources.
pub fn header(text: &str) -> Result<SentHeader, &'static str> {
    let like = "wanted: a name and a value, such as 'X-Report-Kind: nightly'";
    let (name, value) = text.split_once(':').ok_or(like)?;
    let name = HeaderName::try_from(name.trim()).map_err(|_| like)?;
    let value = HeaderValue::from_str(value.trim()).map_err(|_| like)?;
    match name == AUTHORIZATION {
        true => Err("a token is taken from PASSPORT_TOKEN alone"),
        false => Ok(SentHeader { name, value }),
    }
}

/// A moment, as the header that tells it. It is sent as it was typed: a report that is sent again
/// under another header is another one.
pub fn moment(text: &str) -> Result<SentHeader, &'static str> {
    let like = "wanted: a moment such as 2026-05-03T09:30:00Z";
    DateTime::parse_from_rfc3339(text).map_err(|_| like)?;
    let value = HeaderValue::from_str(text).map_err(|_| like)?;
    Ok(SentHeader {
        name: OBSERVED_AT,
        value,
    })
}
