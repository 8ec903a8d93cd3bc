//! Ways in which a provider is broken, and what must come of each.

use passport_evidence::{FailureCode, Reason};
use serde_json::{Value, json};

use super::documents::planted;
use crate::provider::{Reply, Script};

/// Over the limit of an answer's body.
const TOO_LARGE: u64 = 5 * 1024 * 1024;
/// Where a redirect leads to.
pub(super) const ELSEWHERE: &str = "/elsewhere";
/// How long a throttling provider wants to be left alone.
pub(super) const RETRY_AFTER_SECONDS: u32 = 30;

/// A way in which all of a provider's answers are broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Situation {
    /// 401.
    Unauthenticated,
    /// 403.
    Denied,
    /// 404.
    NotFound,
    /// 429 with `Retry-After`.
    ThrottledUntil,
    /// 429 without.
    Throttled,
    /// 400.
    Rejected,
    /// 500.
    Error,
    /// No answer.
    Hang,
    /// An answer that comes byte by byte and outlasts the deadline.
    Drip,
    /// The connection is reset.
    Reset,
    /// The answer ends before its announced end.
    Cut,
    /// Half a JSON document, announced as a whole answer.
    HalfJson,
    /// A login page, with a good status.
    Html,
    /// No body, with a good status.
    Empty,
    /// The JSON `null`.
    Null,
    /// A body over the limit.
    TooLarge,
    /// A redirect to another host.
    Redirect,
}

/// What must come of a situation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// A failure with this code.
    Failure(FailureCode),
    /// THROTTLED, to be asked again after so many seconds, though the provider names no time: where
    /// the connector's page says so.
    ThrottledFor(u32),
    /// Evidence in which what passed before is unknown for this reason.
    Unknown(Reason),
    /// Evidence in which nothing passes that rests on an answer: for targets whose failing to answer
    /// says something.
    NoPass,
}

// === impl Situation ===

impl Situation {
    /// All of them.
    pub const ALL: [Self; 17] = [
        Self::Unauthenticated,
        Self::Denied,
        Self::NotFound,
        Self::ThrottledUntil,
        Self::Throttled,
        Self::Rejected,
        Self::Error,
        Self::Hang,
        Self::Drip,
        Self::Reset,
        Self::Cut,
        Self::HalfJson,
        Self::Html,
        Self::Empty,
        Self::Null,
        Self::TooLarge,
        Self::Redirect,
    ];

    /// What comes of it where the connector's page says nothing else.
    pub fn usual(self) -> Ending {
        match self {
            Self::Unauthenticated => Ending::Failure(FailureCode::Unauthenticated),
            Self::Denied => Ending::Failure(FailureCode::Denied),
            Self::NotFound => Ending::Failure(FailureCode::NotFound),
            Self::ThrottledUntil | Self::Throttled => Ending::Failure(FailureCode::Throttled),
            Self::Hang | Self::Drip => Ending::Failure(FailureCode::TimedOut),
            Self::Error | Self::Reset | Self::Cut => Ending::Failure(FailureCode::Unreachable),
            Self::HalfJson | Self::Html | Self::Empty | Self::Redirect => {
                Ending::Failure(FailureCode::Malformed)
            }
            Self::TooLarge => Ending::Failure(FailureCode::TooLarge),
            Self::Rejected => Ending::Unknown(Reason::QueryRejected),
            Self::Null => Ending::Unknown(Reason::UnexpectedShape),
        }
    }

    /// Whether it lasts as long as the caller waits.
    pub(super) fn lasts(self) -> bool {
        matches!(self, Self::Hang | Self::Drip)
    }

    /// A provider in it. Every error body holds a secret.
    pub(super) fn script(self, elsewhere: &str) -> Script {
        let script = Script::default();
        let refusal = |status| Reply::json(status, secret());
        let reply = match self {
            Self::Unauthenticated => refusal(401),
            Self::Denied => refusal(403),
            Self::NotFound => refusal(404),
            Self::ThrottledUntil => {
                refusal(429).header("Retry-After", RETRY_AFTER_SECONDS.to_string())
            }
            Self::Throttled => refusal(429),
            Self::Rejected => refusal(400),
            Self::Error => refusal(500),
            Self::Hang => Reply::hang(),
            Self::Drip => return script.any().drip(),
            Self::Reset => Reply::reset(),
            Self::Cut => refusal(200).truncated(),
            Self::HalfJson => Reply::text(200, format!(r#"{{"note": "{}"#, planted()))
                .header("Content-Type", "application/json"),
            Self::Html => Reply::text(200, format!("<html>{}</html>", planted()))
                .header("Content-Type", "text/html; charset=utf-8"),
            Self::Empty => Reply::text(200, "").header("Content-Type", "application/json"),
            Self::Null => Reply::json(200, Value::Null),
            Self::TooLarge => Reply::big(TOO_LARGE),
            Self::Redirect => refusal(302).header(
                "Location",
                format!("{elsewhere}{ELSEWHERE}?s={}", planted()),
            ),
        };
        script.any().respond(reply)
    }
}

fn secret() -> Value {
    json!({ "error": planted(), "message": planted(), "errors": [{ "message": planted() }] })
}
