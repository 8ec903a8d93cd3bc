//! A source that could not answer.

use std::fmt;

use chrono::{DateTime, Utc};

use crate::names::SourceName;

/// Why a source could not answer at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FailureCode {
    /// No connection, a broken one, or a server error.
    Unreachable,
    /// No answer in time.
    TimedOut,
    /// The provider asks for fewer requests.
    Throttled,
    /// The provider does not accept the credential.
    Unauthenticated,
    /// The credential is accepted and may not read this.
    Denied,
    /// The configured target does not exist.
    NotFound,
    /// The answer is not what this provider answers: a login page, half a document.
    Malformed,
    /// The answer is over the limit.
    TooLarge,
    /// An address that may not be reached, or evidence about another scope.
    OutOfScope,
    /// The credential can do more than this source needs, and the source forbids that.
    TooBroad,
    /// A setting or a secret that is needed is absent.
    NotConfigured,
    /// The provider, or its version, does not offer what was asked.
    NotSupported,
    /// A fault of the mesh itself.
    Internal,
}

impl FailureCode {
    /// All of them, in the order of the protocol.
    pub const ALL: [Self; 13] = [
        Self::Unreachable,
        Self::TimedOut,
        Self::Throttled,
        Self::Unauthenticated,
        Self::Denied,
        Self::NotFound,
        Self::Malformed,
        Self::TooLarge,
        Self::OutOfScope,
        Self::TooBroad,
        Self::NotConfigured,
        Self::NotSupported,
        Self::Internal,
    ];

    /// The code used in JSON and for people.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unreachable => "UNREACHABLE",
            Self::TimedOut => "TIMED_OUT",
            Self::Throttled => "THROTTLED",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Denied => "DENIED",
            Self::NotFound => "NOT_FOUND",
            Self::Malformed => "MALFORMED",
            Self::TooLarge => "TOO_LARGE",
            Self::OutOfScope => "OUT_OF_SCOPE",
            Self::TooBroad => "TOO_BROAD",
            Self::NotConfigured => "NOT_CONFIGURED",
            Self::NotSupported => "NOT_SUPPORTED",
            Self::Internal => "INTERNAL",
        }
    }

    /// What a code stands for; `None` for any other text.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == code)
    }
}

impl fmt::Display for FailureCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A source that could not answer. Never a fact: the service may be fine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The connector that was asked.
    pub connector: String,
    /// Name of the source within its scope.
    pub source: SourceName,
    /// Why there is no answer.
    pub code: FailureCode,
    /// What to do next, for a person. Holds no secret and nothing that the provider sent.
    pub message: String,
    /// Not worth asking before this time; `None` where that is unknown.
    pub retry_at: Option<DateTime<Utc>>,
}
