//! Why a call got no answer, as far as it matters for what is done next.

use std::{error::Error, sync::Arc};

use tonic::{Code, Status};

use super::balance::Link;
use crate::status;

/// Why a call got no answer.
#[derive(Debug)]
pub(super) enum Unanswered {
    /// No replica can be reached.
    Nobody,
    /// The connection ended under the call.
    Lost {
        /// The connection.
        link: Arc<Link>,
        /// Whether the collector may have begun to do what it was asked.
        seen: Seen,
    },
    /// The connection ended in the middle of the answer.
    Broken,
    /// The collector, or this end, gave up the one call.
    Reset(Status),
}

/// What a collector may know of a call that was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    /// It was not sent, or the collector says that it did not look at it.
    Never,
    /// All of it may have been done.
    Perhaps,
}

/// What ended a call, by the error of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// The collector is going away and did not look at the call.
    Leaving,
    /// The collector has too many calls on this connection and did not look at this one.
    TooMany,
    /// The one call was given up; the connection is as good as before.
    Reset,
    /// The connection is lost.
    Broken,
}

// === impl Cause ===

impl Cause {
    pub fn of(error: &(dyn Error + 'static)) -> Self {
        Self::within(error).unwrap_or(Self::Broken)
    }

    /// The same for an error that may be none of the connection.
    pub fn within(error: &(dyn Error + 'static)) -> Option<Self> {
        let mut next = Some(error);
        while let Some(error) = next {
            if let Some(error) = error.downcast_ref::<h2::Error>() {
                return Some(Self::of_h2(error));
            }
            next = error.source();
        }
        None
    }

    fn of_h2(error: &h2::Error) -> Self {
        let remote = error.reason().filter(|_| error.is_remote());
        match (error.is_reset(), remote) {
            (true, Some(h2::Reason::REFUSED_STREAM)) => Self::TooMany,
            (true, _) => Self::Reset,
            (false, Some(h2::Reason::NO_ERROR)) if error.is_go_away() => Self::Leaving,
            (false, _) => Self::Broken,
        }
    }
}

// === impl Unanswered ===

impl From<Unanswered> for Status {
    fn from(unanswered: Unanswered) -> Self {
        let unavailable =
            |reason, text| status::error(Code::Unavailable, reason, text, None, Vec::new());
        match unanswered {
            Unanswered::Nobody => {
                unavailable("COLLECTOR_UNREACHABLE", "the collector can't be reached")
            }
            Unanswered::Lost { .. } => unavailable(
                "COLLECTOR_LOST",
                "the connection to the collector ended before its answer",
            ),
            Unanswered::Broken => unavailable(
                "COLLECTOR_LOST",
                "the connection to the collector ended within its answer",
            ),
            Unanswered::Reset(status) => status,
        }
    }
}
