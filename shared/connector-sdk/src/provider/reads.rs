//! What is an answer beside one with a good status.

use std::time::Duration;

use http::StatusCode;
use passport_http_guard::{Reply as Received, Request};

use super::{OwnRefusals, ProviderClient, ReadError, Refusal, Reply};
use crate::kind::CollectRequest;

/// What is an answer beside one with a good status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reads {
    /// Nothing.
    Good,
    /// A 404 too.
    Missing,
    /// Every refusal (4xx) too.
    Refusals,
}

// === impl Reads ===

impl Reads {
    fn is_answer(self, status: StatusCode) -> bool {
        match self {
            Self::Good => false,
            Self::Missing => status == StatusCode::NOT_FOUND,
            Self::Refusals => status.is_client_error(),
        }
    }

    /// What failed, as it is logged: that something isn't there is what somebody who looks for it asks about.
    pub(super) fn failure(self, outcome: &Result<Reply, ReadError>) -> Option<ReadError> {
        match self {
            Self::Good | Self::Refusals => standing(outcome).err(),
            Self::Missing => outcome.as_ref().err().copied(),
        }
    }
}

/// What an outcome says of the provider: a refusal that is an answer is one all the same.
pub(super) fn standing(outcome: &Result<Reply, ReadError>) -> Result<(), ReadError> {
    match outcome {
        Ok(reply) => reply.refused().map_or(Ok(()), Err),
        Err(error) => Err(*error),
    }
}

// === impl ProviderClient: what is an answer ===

impl ProviderClient {
    /// As [`Self::send`], and a 404 is an answer too: for providers that say in it what it is that does not
    /// exist.
    ///
    /// # Errors
    /// There is neither.
    pub async fn find(
        &self,
        request: Request,
        collect: &CollectRequest,
    ) -> Result<Reply, ReadError> {
        self.reading(Reads::Missing).send(request, collect).await
    }

    /// As [`Self::send`], and a refusal (4xx) is an answer too: for a provider's own library, which reads in it
    /// what is meant. What its status says is counted for or against the provider all the same.
    ///
    /// # Errors
    /// There is neither.
    pub async fn answer(
        &self,
        request: Request,
        collect: &CollectRequest,
    ) -> Result<Reply, ReadError> {
        self.reading(Reads::Refusals).send(request, collect).await
    }

    fn reading(&self, reads: Reads) -> Self {
        Self {
            reads,
            ..self.clone()
        }
    }

    /// The same client, for a provider that words refusals in a way of its own.
    #[must_use]
    pub fn refused_in(self, own: OwnRefusals) -> Self {
        Self {
            own: Some(own),
            ..self
        }
    }

    /// An answer, or what is wrong with it.
    pub(super) fn sorted(
        &self,
        reply: Received,
        collect: &CollectRequest,
    ) -> Result<Reply, ReadError> {
        if self.reads.is_answer(reply.status) {
            return Ok(Reply::probed(reply, collect.now, Duration::ZERO));
        }
        let refusal = Refusal::of(&reply, collect.now);
        let own = self.own.zip(refusal).and_then(|(own, it)| own(&it));
        match own {
            Some(error) => Err(error),
            None => Reply::sort(reply, collect.now),
        }
    }
}
