//! Why a read gave nothing that can be used.

use chrono::{DateTime, Utc};
use passport_evidence::{FailureCode, Reason};
use passport_http_guard::SendError;

use crate::kind::CollectError;

/// Why a read gave nothing that can be used. Never holds what the provider sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// No connection, a broken one, or a server error.
    #[error("the provider could not be reached")]
    Unreachable,
    /// No answer in time.
    #[error("the provider did not answer in time")]
    TimedOut,
    /// Not asked, because it was in trouble a moment ago.
    #[error("{after}, and is left alone for a while")]
    LeftAlone {
        /// How it last failed.
        after: Trouble,
        /// When the next request may go out.
        retry_at: DateTime<Utc>,
    },
    /// Too many requests.
    #[error("the provider asks for fewer requests")]
    Throttled {
        /// When to try again, where the provider says so.
        retry_at: Option<DateTime<Utc>>,
    },
    /// The credential is not accepted.
    #[error("the provider rejected the credential")]
    Unauthenticated,
    /// The credential may not read this.
    #[error("the provider does not permit this read")]
    Denied,
    /// The target does not exist.
    #[error("the target does not exist")]
    NotFound,
    /// Not what this provider answers.
    #[error("the answer is not this provider's")]
    Malformed,
    /// Over the limit.
    #[error("the answer is over the limit")]
    TooLarge,
    /// An address that may not be reached.
    #[error("the address may not be reached")]
    OutOfScope,
    /// A secret that is needed can't be read.
    #[error("a secret can't be read")]
    NotConfigured,
    /// The provider refused the question.
    #[error("the provider refused the question")]
    Rejected,
    /// JSON, but a required field is missing or of another type.
    #[error("the answer has another shape than documented")]
    Shape,
}

/// How a provider fails that is in trouble itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// As [`ReadError::Unreachable`].
    #[error("the provider could not be reached")]
    Unreachable,
    /// As [`ReadError::TimedOut`].
    #[error("the provider did not answer in time")]
    TimedOut,
}

impl ReadError {
    /// The code of a source that could not be asked; `None` where it was asked and answered, which
    /// is evidence of something unknown.
    pub fn failure(self) -> Option<CollectError> {
        let code = match self {
            Self::Unreachable => FailureCode::Unreachable,
            Self::TimedOut => FailureCode::TimedOut,
            Self::LeftAlone { after, .. } => match after {
                Trouble::Unreachable => FailureCode::Unreachable,
                Trouble::TimedOut => FailureCode::TimedOut,
            },
            Self::Throttled { .. } => FailureCode::Throttled,
            Self::Unauthenticated => FailureCode::Unauthenticated,
            Self::Denied => FailureCode::Denied,
            Self::NotFound => FailureCode::NotFound,
            Self::Malformed => FailureCode::Malformed,
            Self::TooLarge => FailureCode::TooLarge,
            Self::OutOfScope => FailureCode::OutOfScope,
            Self::NotConfigured => FailureCode::NotConfigured,
            Self::Rejected | Self::Shape => return None,
        };
        let retry_at = match self {
            Self::Throttled { retry_at } => retry_at,
            Self::LeftAlone { retry_at, .. } => Some(retry_at),
            Self::Unreachable
            | Self::TimedOut
            | Self::Unauthenticated
            | Self::Denied
            | Self::NotFound
            | Self::Malformed
            | Self::TooLarge
            | Self::OutOfScope
            | Self::NotConfigured
            | Self::Rejected
            | Self::Shape => None,
        };
        Some(CollectError::new(code).retry_at(retry_at))
    }

    /// The same; where the provider asks for fewer requests, not before this time.
    pub(super) fn not_before(self, time: Option<DateTime<Utc>>) -> Self {
        match self {
            Self::Throttled { retry_at } => Self::Throttled {
                retry_at: retry_at.max(time),
            },
            Self::Unreachable
            | Self::TimedOut
            | Self::LeftAlone { .. }
            | Self::Unauthenticated
            | Self::Denied
            | Self::NotFound
            | Self::Malformed
            | Self::TooLarge
            | Self::OutOfScope
            | Self::NotConfigured
            | Self::Rejected
            | Self::Shape => self,
        }
    }

    /// The reason of a fact that rests on this read, where other reads succeeded.
    pub fn reason(self) -> Reason {
        match self {
            Self::Denied => Reason::Denied,
            Self::Rejected => Reason::QueryRejected,
            Self::Shape => Reason::UnexpectedShape,
            Self::Unreachable
            | Self::TimedOut
            | Self::LeftAlone { .. }
            | Self::Throttled { .. }
            | Self::Unauthenticated
            | Self::NotFound
            | Self::Malformed
            | Self::TooLarge
            | Self::OutOfScope
            | Self::NotConfigured => Reason::Unavailable,
        }
    }

    /// Whether the same question may be answered a moment later: a connection that broke, or a server that was
    /// just restarting, may work then. A question that was refused, or a provider that asks for patience, won't.
    pub(super) fn may_pass_in_a_moment(self) -> bool {
        self == Self::Unreachable
    }

    /// How the provider itself seems to be in trouble, so that asking on does harm; `None` where
    /// it answered, or was not asked.
    pub(super) fn trouble(self) -> Option<Trouble> {
        match self {
            Self::Unreachable => Some(Trouble::Unreachable),
            Self::TimedOut => Some(Trouble::TimedOut),
            Self::LeftAlone { .. }
            | Self::Throttled { .. }
            | Self::Unauthenticated
            | Self::Denied
            | Self::NotFound
            | Self::Malformed
            | Self::TooLarge
            | Self::OutOfScope
            | Self::NotConfigured
            | Self::Rejected
            | Self::Shape => None,
        }
    }
}

impl From<SendError> for ReadError {
    fn from(error: SendError) -> Self {
        match error {
            SendError::Refused(_) => Self::OutOfScope,
            SendError::Unreachable(_) | SendError::Cut => Self::Unreachable,
            SendError::Garbled => Self::Malformed,
            SendError::TimedOut { .. } => Self::TimedOut,
            SendError::TooLarge { .. } => Self::TooLarge,
            SendError::Invalid(_) => Self::Rejected,
        }
    }
}
