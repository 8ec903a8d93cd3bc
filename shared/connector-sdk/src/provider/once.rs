//! Requests that may not be sent twice.

use passport_http_guard::SendError;

use super::ReadError;

/// Why a request that is sent once got no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub(crate) struct SendOnceError {
    /// Why.
    pub error: ReadError,
    /// Whether it may have reached the provider all the same.
    pub may_have_arrived: bool,
}

// === impl SendOnceError ===

impl SendOnceError {
    /// It was never sent.
    pub(super) fn before(error: ReadError) -> Self {
        Self {
            error,
            may_have_arrived: false,
        }
    }

    /// What the connection says of it.
    pub(super) fn of(error: SendError) -> Self {
        Self {
            error: error.into(),
            may_have_arrived: error.may_have_arrived(),
        }
    }

    /// Its time ran out, nobody knows at what.
    pub(super) fn late() -> Self {
        Self {
            error: ReadError::TimedOut,
            may_have_arrived: true,
        }
    }
}
