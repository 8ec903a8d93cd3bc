//! A provider that waits for word whether a release may go on.

use std::time::Duration;

use bytes::Bytes;
use passport_evidence::{FailureCode, Subject};
use passport_http_guard::Request;

use super::{CollectError, Sending};
use crate::provider::ProviderClient;

/// A question that a delivery asked, once the delivery was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What is to be released.
    pub subject: Subject,
    /// Names the question to [`Connector::answer`](super::Connector::answer). It may come back changed:
    /// where the answer goes is made of the configuration, and never of this alone.
    pub handle: Bytes,
    /// How long to look for a decision that says yes or no, before the provider is told what is missing.
    pub patience: Duration,
}

/// What a provider is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// The release may go on.
    GoOn,
    /// It may not.
    Stop,
    /// Neither is decided: it has to wait on.
    Wait,
}

/// An answer to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What it says.
    pub word: Word,
    /// Why, in a line for people. It holds nothing that may not leave.
    pub comment: String,
}

/// Talks to an endpoint with the credential that may answer there, and with it does nothing else.
#[derive(Debug, Clone)]
pub struct AnsweringClient {
    provider: ProviderClient,
}

// === impl AnsweringClient ===

impl AnsweringClient {
    pub(super) fn new(provider: ProviderClient) -> Self {
        Self { provider }
    }

    /// Sends an answer. `request` may be sent again where a connection broke: said twice, an answer has
    /// to be the same answer.
    ///
    /// # Errors
    /// The provider can't be reached, the credential may not answer, or nothing waits for this answer
    /// (`NOT_FOUND`).
    pub async fn send(&self, request: Request, sending: &Sending<'_>) -> Result<(), CollectError> {
        let reply = self.provider.send(request, sending.request).await;
        let refused = || CollectError::new(FailureCode::NotFound);
        match reply {
            Ok(_) => Ok(()),
            Err(error) => Err(error.failure().unwrap_or_else(refused)),
        }
    }
}
