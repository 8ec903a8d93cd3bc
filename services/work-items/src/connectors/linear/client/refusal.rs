//! What a refusal means. Linear throttles with 400 as well as with 429, and says when to ask again in Unix
//! milliseconds ("Rate limiting").

use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderMap, header::CONTENT_TYPE};
use passport_connector_sdk::{ReadError, provider::Refusal};

use crate::connectors::linear::fault::{Faults, Kind};

const RETRY_AFTER: &str = "retry-after";
/// What is left of what is allowed, and when it is filled again.
const REQUESTS: [&str; 2] = [
    "x-ratelimit-requests-remaining",
    "x-ratelimit-requests-reset",
];
const COMPLEXITY: [&str; 2] = [
    "x-ratelimit-complexity-remaining",
    "x-ratelimit-complexity-reset",
];
/// Longest wait that is believed.
const MAX_WAIT: TimeDelta = TimeDelta::hours(24);

/// A refusal that its status alone does not explain.
pub fn refused(refusal: &Refusal<'_>) -> Option<ReadError> {
    let status = refusal.status().as_u16();
    let faults = Faults::in_body(refusal.body());
    let throttled = || throttled(refusal.headers(), refusal.asked_at());
    match status {
        429 if refusal.headers().contains_key(RETRY_AFTER) => None,
        429 => Some(throttled()),
        400 if faults.have(Kind::Unauthenticated) => Some(ReadError::Unauthenticated),
        400 if faults.have(Kind::RateLimited) => Some(throttled()),
        400 if faults.have(Kind::Denied) => Some(ReadError::Denied),
        400 if says_html(refusal.headers()) => Some(ReadError::Malformed),
        _ => None,
    }
}

/// That fewer requests are wanted, until what was spent is there again.
pub fn throttled(headers: &HeaderMap, asked_at: DateTime<Utc>) -> ReadError {
    let is_spent = |[remaining, _]: &[&str; 2]| {
        let value = headers.get(*remaining);
        value.is_some_and(|it| it.as_bytes() == b"0")
    };
    let is_of_complexity = is_spent(&COMPLEXITY) && !is_spent(&REQUESTS);
    let [_, reset] = match is_of_complexity {
        true => COMPLEXITY,
        false => REQUESTS,
    };
    ReadError::Throttled {
        retry_at: moment(headers, reset, asked_at),
    }
}

/// A moment ahead, in Unix milliseconds.
fn moment(headers: &HeaderMap, name: &str, asked_at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let text = headers.get(name)?.to_str().ok()?;
    let at = DateTime::from_timestamp_millis(text.trim().parse().ok()?)?;
    (at > asked_at).then(|| at.min(asked_at + MAX_WAIT))
}

fn says_html(headers: &HeaderMap) -> bool {
    let media_type = headers.get(CONTENT_TYPE).and_then(|it| it.to_str().ok());
    media_type.is_some_and(|it| it.trim_start().starts_with("text/html"))
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    const NOW: i64 = 1_777_800_605;

    /// After how many seconds to ask again.
    fn after(headers: &[(&'static str, &'static str)]) -> Option<i64> {
        let header = |(name, value): &(&'static str, &'static str)| {
            let name = HeaderName::from_static(name);
            (name, HeaderValue::from_static(value))
        };
        let now = DateTime::from_timestamp(NOW, 0).unwrap();
        let error = throttled(&headers.iter().map(header).collect(), now);
        let ReadError::Throttled { retry_at } = error else {
            panic!("{error}");
        };
        retry_at.map(|it| (it - now).num_seconds())
    }

    #[test]
    fn a_reset_is_in_milliseconds_and_lies_ahead() {
        for (reset, seconds) in [
            ("1777801805000", Some(1200)),
            ("1777800605000", None),
            ("1777801805", None),
            ("0", None),
            ("soon", None),
            ("9777801805000", Some(86_400)),
            ("99999999999999999999", None),
        ] {
            let found = after(&[("x-ratelimit-requests-reset", reset)]);
            assert_eq!(found, seconds, "{reset}");
        }
        assert_eq!(after(&[]), None);
    }

    #[test]
    fn what_is_spent_says_when_to_ask_again() {
        let requests = ("x-ratelimit-requests-reset", "1777800665000");
        let complexity = ("x-ratelimit-complexity-reset", "1777801805000");
        let left = |name, left| (name, left);
        for (of_requests, of_complexity, seconds) in [
            ("10", "0", 1200),
            ("0", "0", 60),
            ("0", "10", 60),
            ("10", "10", 60),
        ] {
            let headers = [
                requests,
                complexity,
                left("x-ratelimit-requests-remaining", of_requests),
                left("x-ratelimit-complexity-remaining", of_complexity),
            ];
            let found = after(&headers);
            assert_eq!(found, Some(seconds), "{of_requests} {of_complexity}");
        }
    }
}
