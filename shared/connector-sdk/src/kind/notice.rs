//! A message about a release that a source sends, once.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use passport_evidence::FailureCode;
use passport_http_guard::Request;
use serde_json::Value;

use super::{CollectError, Sending};
use crate::{
    ReadError, Reply,
    provider::{ProviderClient, SendOnceError},
};

/// What a source would send about a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Notice {
    /// How long what came of it is of use; no other is sent for the same release before.
    pub keep_for: TimeDelta,
}

/// What became of the notice about one release.
#[derive(Debug, Clone, PartialEq)]
pub struct Noticed {
    /// When that was written down.
    pub at: DateTime<Utc>,
    /// What it is.
    pub state: NoticeState,
}

/// What can become of a notice.
#[derive(Debug, Clone, PartialEq)]
pub enum NoticeState {
    /// It is being sent, or whoever sent it ended meanwhile: it may have arrived, and is not sent again.
    Begun,
    /// Nothing went out, for this reason. It is sent when that is asked for again.
    Unsent(FailureCode),
    /// There was no answer, for this reason: it may have arrived, and is not sent again.
    Uncertain(FailureCode),
    /// The provider answered, with a refusal perhaps; and this is what the connector wanted kept of it.
    Answered(Value),
}

/// A notice that no answer came of.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub struct Unanswered {
    /// Why.
    pub error: CollectError,
    /// Whether it may have arrived all the same.
    pub may_have_arrived: bool,
}

/// Talks to an endpoint with the credential that may post there, and sends each request once at most.
#[derive(Debug, Clone)]
pub struct NoticeClient {
    provider: ProviderClient,
}

// === impl Unanswered ===

impl Unanswered {
    /// Nothing went out.
    pub fn unsent(error: CollectError) -> Self {
        Self {
            error,
            may_have_arrived: false,
        }
    }

    /// It may have arrived.
    pub fn uncertain(error: CollectError) -> Self {
        Self {
            error,
            may_have_arrived: true,
        }
    }
}

// === impl NoticeClient ===

impl NoticeClient {
    pub(super) fn new(provider: ProviderClient) -> Self {
        Self { provider }
    }

    /// The same client, which waits as long where the provider asks for fewer requests and names no time.
    #[must_use]
    pub fn patient(self, wait: Duration) -> Self {
        Self {
            provider: self.provider.patient(wait),
        }
    }

    /// Sends a request once, and gives the answer whatever its status. One that was turned away unseen, with
    /// status 429, is sent once more where [`Self::patient`] allows that.
    ///
    /// # Errors
    /// There was no answer, and whether the request may have arrived.
    pub async fn send(&self, request: Request, sending: &Sending<'_>) -> Result<Reply, Unanswered> {
        let reply = self.provider.send_once(request, sending.request).await;
        reply.map_err(
            |SendOnceError {
                 error,
                 may_have_arrived,
             }| {
                let error = failure(error);
                Unanswered {
                    error,
                    may_have_arrived,
                }
            },
        )
    }
}

/// A question that could not be asked as it stands is a fault of who asks.
fn failure(error: ReadError) -> CollectError {
    error
        .failure()
        .unwrap_or_else(|| CollectError::new(FailureCode::Internal))
}
