//! Requests that may not be sent twice.

use passport_http_guard::{Request, SendError};
use tokio::time::{Instant, timeout_at};
use tracing::Instrument as _;

use super::{ProviderClient, ReadError, Reply};
use crate::kind::CollectRequest;

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
    fn before(error: ReadError) -> Self {
        Self {
            error,
            may_have_arrived: false,
        }
    }

    /// What the connection says of it.
    fn of(error: SendError) -> Self {
        Self {
            error: error.into(),
            may_have_arrived: error.may_have_arrived(),
        }
    }

    /// Its time ran out, nobody knows at what.
    fn late() -> Self {
        Self {
            error: ReadError::TimedOut,
            may_have_arrived: true,
        }
    }
}

// === impl ProviderClient: sending once ===

impl ProviderClient {
    /// Sends a request that changes something, and gives the answer whatever its status. It is sent again only
    /// where the provider says that it looked at nothing and asks for patience.
    pub(crate) async fn send_once(
        &self,
        request: Request,
        collect: &CollectRequest,
    ) -> Result<Reply, SendOnceError> {
        let request = self.auth.apply(request).map_err(SendOnceError::before)?;
        let outcome = self.sent(&request, collect).await;
        let refused = outcome.as_ref().ok().and_then(Reply::refused);
        match self.patient_until(refused.as_ref(), collect).await {
            Some(later) => self.sent(&request, &later).await,
            None => outcome,
        }
    }

    async fn sent(
        &self,
        request: &Request,
        collect: &CollectRequest,
    ) -> Result<Reply, SendOnceError> {
        let _turn = self.turn(collect).await.map_err(SendOnceError::before)?;
        let begun = Instant::now();
        let sending = self.guarded.send(request.clone());
        let sending = timeout_at(collect.deadline, sending.instrument(self.span(request)));
        let outcome = match sending.await {
            Ok(Ok(reply)) => Ok(Reply::probed(reply, collect.now, begun.elapsed())),
            Ok(Err(error)) => Err(SendOnceError::of(error)),
            Err(_) => Err(SendOnceError::late()),
        };
        let seen = match &outcome {
            Ok(reply) => reply.refused().map_or(Ok(()), Err),
            Err(error) => Err(error.error),
        };
        self.learn(&seen, collect);
        outcome
    }
}
