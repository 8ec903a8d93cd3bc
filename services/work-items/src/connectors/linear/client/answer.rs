//! What an answer of GraphQL gives: what was asked for, errors, or both.

use chrono::{DateTime, Utc};
use passport_connector_sdk::{CollectError, Object, ReadError, Reply};
use passport_evidence::{FailureCode, Reason};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use super::refusal::throttled;
use crate::connectors::linear::fault::{Faults, Kind};
use passport_connector_sdk::Part;

/// What was asked for, and the errors that stand beside it.
pub struct Found<T> {
    /// What was asked for.
    pub it: T,
    /// The errors.
    pub faults: Faults,
}

/// Why a read gave nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missed {
    /// As for other providers.
    Read(ReadError),
    /// The document is none of Linear's schema any more.
    Invalid,
    /// Linear says that something went wrong.
    Partial,
}

#[derive(Deserialize)]
#[serde(bound = "T: DeserializeOwned")]
struct Wire<T> {
    #[serde(default)]
    data: Part<Object<T>>,
    #[serde(default)]
    errors: Value,
}

/// What a good status brings; `None`: Linear says that it is not there.
pub fn read<T: DeserializeOwned, U>(
    reply: &Reply,
    asked_at: DateTime<Utc>,
    pick: impl FnOnce(T) -> Part<U>,
) -> Result<Option<Found<U>>, Missed> {
    let wire: Object<Wire<T>> = reply.json()?;
    let faults = Faults::of(&wire.errors);
    if faults.have(Kind::Unauthenticated) {
        return Err(ReadError::Unauthenticated.into());
    }
    let Wire { data, .. } = wire.0;
    let picked = match data {
        Part::Is(data) => pick(data.0),
        Part::Missing | Part::Null | Part::Odd => Part::Odd,
    };
    match picked {
        Part::Is(it) => Ok(Some(Found { it, faults })),
        Part::Null if faults.is_empty() => Ok(None),
        Part::Null | Part::Missing | Part::Odd => {
            instead(&faults, reply, asked_at).unwrap_or(Err(ReadError::Shape.into()))
        }
    }
}

/// What errors say that stand where something was asked for; `None`: there is none.
pub fn instead<U>(
    faults: &Faults,
    reply: &Reply,
    asked_at: DateTime<Utc>,
) -> Option<Result<Option<Found<U>>, Missed>> {
    if faults.is_empty() {
        return None;
    }
    let missed = if faults.have(Kind::Unauthenticated) {
        ReadError::Unauthenticated.into()
    } else if faults.have(Kind::RateLimited) {
        throttled(reply.headers(), asked_at).into()
    } else if faults.have(Kind::Denied) {
        ReadError::Denied.into()
    } else if faults.have(Kind::Invalid) {
        Missed::Invalid
    } else if faults.have(Kind::NotFound) {
        return Some(Ok(None));
    } else if faults.have(Kind::Rejected) || !reply.status().is_success() {
        ReadError::Rejected.into()
    } else {
        Missed::Partial
    };
    Some(Err(missed))
}

// === impl Missed ===

impl Missed {
    /// The reason of facts that can't be judged.
    ///
    /// # Errors
    /// The source could not be asked at all.
    pub fn reason(self) -> Result<Reason, CollectError> {
        match self {
            Self::Invalid => Err(CollectError::new(FailureCode::NotSupported)),
            Self::Partial => Ok(Reason::PartialResponse),
            Self::Read(error) => error.failure().map_or(Ok(error.reason()), Err),
        }
    }

    /// The reason of facts that rest on this read, where others told that the source can be asked.
    ///
    /// # Errors
    /// The credential is not accepted.
    pub fn beside(self) -> Result<Reason, CollectError> {
        match self {
            Self::Read(ReadError::Unauthenticated) | Self::Partial => self.reason(),
            Self::Read(error) => Ok(error.reason()),
            Self::Invalid => Ok(Reason::QueryRejected),
        }
    }
}

impl From<ReadError> for Missed {
    fn from(error: ReadError) -> Self {
        Self::Read(error)
    }
}
