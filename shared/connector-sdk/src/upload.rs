//! What uploads have in common: their size, their time and their identity.

use chrono::{DateTime, Utc};
use http::{HeaderMap, HeaderName, StatusCode};
use passport_evidence::{Fact, Reason, freshness::SKEW};
use sha2::{Digest, Sha256};

use crate::kind::Delivery;

/// When what is uploaded was true, for uploads that carry no time.
const OBSERVED_AT: HeaderName = HeaderName::from_static("passport-observed-at");

/// Why an upload is not taken, whatever is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Too many bytes.
    #[error("over {} KiB", .most / 1024)]
    TooLarge {
        /// As many as there may be.
        most: usize,
    },
    /// A header that is no time.
    #[error("Passport-Observed-At is not one RFC 3339 time")]
    ObservedAt,
}

/// When an upload was true, by what was told of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToldTime {
    /// Then.
    At(DateTime<Utc>),
    /// Nobody says.
    Untold,
    /// Said to be after the upload came in. Waiting does not make that true.
    Ahead,
}

/// Refuses what is too large to be read.
///
/// # Errors
/// There are more bytes than `most`.
pub fn check_size(delivery: &Delivery, most: usize) -> Result<(), Refusal> {
    match delivery.body.len() > most {
        true => Err(Refusal::TooLarge { most }),
        false => Ok(()),
    }
}

/// When it was true, as its sender says in the header `Passport-Observed-At`.
///
/// # Errors
/// The header is there, and is not one time.
pub fn stated_at(headers: &HeaderMap) -> Result<Option<DateTime<Utc>>, Refusal> {
    let mut values = headers.get_all(OBSERVED_AT).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let time = value.to_str().ok().filter(|_| values.next().is_none());
    let time = time.and_then(|text| DateTime::parse_from_rfc3339(text.trim()).ok());
    time.map(|time| Some(time.to_utc()))
        .ok_or(Refusal::ObservedAt)
}

/// The same bytes under the same header are the same upload.
pub fn key(delivery: &Delivery) -> String {
    let mut digest = Sha256::new();
    for value in delivery.headers.get_all(OBSERVED_AT) {
        digest.update(value.as_bytes());
    }
    // No header value holds this byte.
    digest.update([0]);
    digest.update(&delivery.body);
    hex::encode(digest.finalize())
}

/// A fact as of the time of its upload's data.
pub fn observed(fact: Fact, time: ToldTime) -> Fact {
    match time {
        ToldTime::At(at) => fact.observed(Some(at)),
        ToldTime::Untold => fact,
        ToldTime::Ahead => fact.doubt(Reason::Future),
    }
}

// === impl ToldTime ===

impl ToldTime {
    /// When it was that its sender tells of, in an upload that came in then.
    pub fn of(told: Option<DateTime<Utc>>, received_at: DateTime<Utc>) -> Self {
        match told {
            None => Self::Untold,
            Some(at) if at > received_at + SKEW => Self::Ahead,
            Some(at) => Self::At(at),
        }
    }

    /// What was at a time that is not known, or can't be, was before its upload came in. It is taken
    /// to be as new as it may be, so that an older upload does not pass in its place.
    pub fn no_later_than(self, received_at: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::At(at) => at.min(received_at),
            Self::Untold | Self::Ahead => received_at,
        }
    }
}

// === impl Refusal ===

impl Refusal {
    /// What the sender gets.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::ObservedAt => StatusCode::BAD_REQUEST,
        }
    }
}
