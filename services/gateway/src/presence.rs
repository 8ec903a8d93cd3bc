//! Which collectors are there, and since when.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, Utc};
use passport_proto::gateway::Absence;
use schemars::JsonSchema;
use serde::Serialize;
use tonic::Code;

use crate::listing::as_text;

/// How a collector is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It answers.
    Answers,
    /// No connection could be made, or it was lost.
    Unreachable,
    /// It gave no answer in time.
    TimedOut,
    /// It answers with errors.
    Failing,
    /// The gateway was given no address of it.
    NotDeployed,
}

/// How a collector is, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "CollectorPresence")]
pub struct Presence {
    /// How it is.
    pub state: Standing,
    /// Since when it has been so, as far as this gateway saw it; left out where it was never asked.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "as_text")]
    pub since: Option<DateTime<Utc>>,
}

/// What was last seen of each collector. A clone is the same record.
#[derive(Debug, Clone, Default)]
pub(crate) struct Presences(Arc<Mutex<BTreeMap<String, Presence>>>);

// === impl Standing ===

impl Standing {
    /// What an error of a whole call says of the collector.
    pub fn of(code: Code) -> Self {
        match code {
            Code::Unavailable => Self::Unreachable,
            Code::DeadlineExceeded => Self::TimedOut,
            // Who has too much to do is there.
            Code::Ok | Code::ResourceExhausted => Self::Answers,
            Code::Cancelled
            | Code::Unknown
            | Code::InvalidArgument
            | Code::NotFound
            | Code::AlreadyExists
            | Code::PermissionDenied
            | Code::FailedPrecondition
            | Code::Aborted
            | Code::OutOfRange
            | Code::Unimplemented
            | Code::Internal
            | Code::DataLoss
            | Code::Unauthenticated => Self::Failing,
        }
    }

    /// What an answer to a caller's question tells of the collector. The time of a question is the
    /// caller's, and so are other errors: they may be of this question alone.
    pub fn heard_in(code: Code) -> Option<Self> {
        match Self::of(code) {
            standing @ (Self::Answers | Self::Unreachable) => Some(standing),
            Self::TimedOut | Self::Failing | Self::NotDeployed => None,
        }
    }

    /// On the wire. What answered a moment ago and not now has failed.
    pub fn absence(self) -> Absence {
        match self {
            Self::NotDeployed => Absence::NotDeployed,
            Self::Unreachable => Absence::Unreachable,
            Self::TimedOut => Absence::TimedOut,
            Self::Answers | Self::Failing => Absence::Failing,
        }
    }

    /// For people.
    pub fn as_words(self) -> &'static str {
        match self {
            Self::Answers => "answers",
            Self::Unreachable => "can't be reached",
            Self::TimedOut => "gives no answer in time",
            Self::Failing => "answers with errors",
            Self::NotDeployed => "is not part of this deployment",
        }
    }
}

impl From<Absence> for Standing {
    /// A reason that is not known here is some failure.
    fn from(absence: Absence) -> Self {
        match absence {
            Absence::NotDeployed => Self::NotDeployed,
            Absence::Unreachable => Self::Unreachable,
            Absence::TimedOut => Self::TimedOut,
            Absence::Failing | Absence::Unspecified => Self::Failing,
        }
    }
}

// === impl Presence ===

impl Presence {
    /// Of a collector that the gateway was given no address of.
    pub const NOT_DEPLOYED: Self = Self {
        state: Standing::NotDeployed,
        since: None,
    };

    /// Whether it answers.
    pub fn answers(self) -> bool {
        self.state == Standing::Answers
    }
}

// === impl Presences ===

impl Presences {
    /// Records what was seen. A collector that is away for another reason than before is away
    /// since the same moment.
    pub fn saw(&self, collector: &str, state: Standing, now: DateTime<Utc>) -> Presence {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = Presence {
            state,
            since: Some(now),
        };
        let known = seen.entry(collector.to_owned()).or_insert(fresh);
        *known = match known.answers() == fresh.answers() {
            true => Presence { state, ..*known },
            false => fresh,
        };
        *known
    }

    /// All collectors that were seen, or missed.
    pub fn all(&self) -> BTreeMap<String, Presence> {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.clone()
    }
}

#[cfg(test)]
mod tests;
