//! The deadline that a request carries.

use std::time::Duration;

use axum::extract::FromRequestParts;
use http::{HeaderMap, request::Parts};
use tokio::time::Instant;

use super::problem::Problem;
use crate::{budget::Budget, gate::watch};

/// The header.
pub(super) const NAME: &str = "Passport-Timeout";

/// What is said of it.
pub(super) const MEANING: &str = "How long the whole answer may take, in whole seconds or \
                                  milliseconds, such as `5s` or `800ms`. Without it: `10s`. More \
                                  than `120s` is `120s`. A watch of a gate: `1h` in both places.";

/// What a value looks like, as a pattern.
pub(super) const PATTERN: &str = "^[0-9]{1,8}(s|ms)$";

/// The time that a request has, counted from where it was first asked for.
impl<S: Send + Sync> FromRequestParts<S> for Budget {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        match parts.extensions.get::<Self>() {
            Some(begun) => Ok(*begun),
            None => Ok(span_of(read(&parts.headers)?)),
        }
    }
}

/// How long a watch lasts: as the header says, or the longest.
pub(super) struct Length(pub Duration);

impl<S: Send + Sync> FromRequestParts<S> for Length {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let wanted = read(&parts.headers)?.unwrap_or(watch::LONGEST);
        Ok(Self(wanted.min(watch::LONGEST)))
    }
}

/// Starts to count before it is known who asks. A header that is none is told of only to those who
/// are admitted; until then it counts as absent.
pub(super) fn begin(parts: &mut Parts) -> Budget {
    let Ok(wanted) = read(&parts.headers) else {
        return span_of(None);
    };
    *parts.extensions.get_or_insert_with(|| span_of(wanted))
}

fn span_of(wanted: Option<Duration>) -> Budget {
    Budget::until(wanted.map(|it| Instant::now() + it))
}

/// `None` where there is no such header.
fn read(headers: &HeaderMap) -> Result<Option<Duration>, Problem> {
    let mut values = headers.get_all(NAME).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let span = value.to_str().ok().and_then(span);
    match span.filter(|_| values.next().is_none()) {
        Some(span) => Ok(Some(span)),
        None => Err(Problem::field(
            NAME,
            "stands once, as whole seconds or milliseconds above zero, such as 5s or 800ms",
        )),
    }
}

fn span(text: &str) -> Option<Duration> {
    let unit_at = text.find(|c: char| !c.is_ascii_digit())?;
    let (digits, unit) = text.split_at_checked(unit_at)?;
    if digits.len() > 8 {
        return None;
    }
    let count: u64 = digits.parse().ok()?;
    let span = match unit {
        "s" => Duration::from_secs(count),
        "ms" => Duration::from_millis(count),
        _ => return None,
    };
    (!span.is_zero()).then_some(span)
}
