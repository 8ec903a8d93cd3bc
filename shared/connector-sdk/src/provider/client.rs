//! Sends a connector's requests.

use std::{sync::Arc, time::Duration};

use backon::{BackoffBuilder, ExponentialBuilder};
use http::{HeaderName, StatusCode};
use passport_evidence::SourceId;
use passport_http_guard::{GuardedClient, Request};
use tokio::{
    sync::SemaphorePermit,
    time::{Instant, timeout_at},
};
use tracing::{Instrument as _, Span, field::Empty};

use super::{
    Auth, Budget, OwnRefusals, ReadError, Refusal, Reply, SendOnceError, budget::Turned,
    headers::window_end, known::KnownReplies,
};
use crate::{kind::CollectRequest, meters::meters};

/// Attempts after the first.
const RETRIES: usize = 2;

/// Says when what was asked for will be gone (RFC 8594).
const SUNSET: HeaderName = HeaderName::from_static("sunset");

/// Talks to one endpoint with one credential: guarded, within its budget, retried where a retry can
/// help and the deadline leaves time.
#[derive(Clone)]
pub struct ProviderClient {
    pub(crate) guarded: Arc<GuardedClient>,
    pub(crate) auth: Auth,
    /// Whether it appears with a client certificate.
    pub(crate) shows_certificate: bool,
    pub(crate) budget: Arc<Budget>,
    pub(crate) retry_wait: Duration,
    pub(crate) connector: &'static str,
    pub(crate) source: SourceId,
    /// `None`: everything is asked for whole.
    pub(crate) known: Option<Arc<KnownReplies>>,
    /// `None`: its provider refuses as others do.
    pub(crate) own: Option<OwnRefusals>,
    /// What is an answer beside one with a good status.
    pub(crate) reads: Reads,
    /// How long to wait where a provider asks for patience and names no time; `None`: not at all.
    pub(crate) patience: Option<Duration>,
}

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

impl ProviderClient {
    /// Sends one request and gives an answer with a good status. `request` must be a read: it may
    /// be sent again.
    pub async fn send(
        &self,
        request: Request,
        collect: &CollectRequest,
    ) -> Result<Reply, ReadError> {
        let request = self.auth.apply(request)?;
        let outcome = self.retried(&request, collect).await;
        let wait = match &outcome {
            Err(ReadError::Throttled { retry_at }) => self.patience_for(*retry_at, collect),
            Ok(_) | Err(_) => None,
        };
        match wait {
            Some(wait) if collect.pause(wait).await => {
                let later = CollectRequest {
                    now: collect.now + wait,
                    ..collect.clone()
                };
                self.retried(&request, &later).await
            }
            Some(_) | None => outcome,
        }
    }

    async fn retried(
        &self,
        request: &Request,
        collect: &CollectRequest,
    ) -> Result<Reply, ReadError> {
        let mut waits = self.waits();
        loop {
            let outcome = self.attempt(request, collect).await;
            let wait = match &outcome {
                Err(error) if worth_a_retry(*error) => waits.next(),
                Ok(_) | Err(_) => None,
            };
            match wait {
                Some(wait) if collect.pause(wait).await => {}
                Some(_) | None => return outcome,
            }
        }
    }

    /// Sends one request, once, and gives the answer whatever its status: for the few questions to which
    /// a refusal is an answer. How it ends is not counted for or against the provider.
    pub async fn send_unsorted(
        &self,
        request: Request,
        collect: &CollectRequest,
    ) -> Result<Reply, ReadError> {
        let request = self.auth.apply(request)?;
        let _turn = self.turn(collect).await?;
        let begun = Instant::now();
        let span = self.span(&request);
        let sending = self.guarded.send(request).instrument(span.clone());
        let reply = timeout_at(collect.deadline, sending).await;
        let reply = reply.map_err(|_| ReadError::TimedOut)??;
        span.record("http.response.status_code", reply.status.as_u16());
        Ok(Reply::probed(reply, collect.now, begun.elapsed()))
    }

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
        let wait = match refused {
            Some(ReadError::Throttled { retry_at }) => self.patience_for(retry_at, collect),
            Some(_) | None => None,
        };
        match wait {
            Some(wait) if collect.pause(wait).await => {
                let later = CollectRequest {
                    now: collect.now + wait,
                    ..collect.clone()
                };
                self.sent(&request, &later).await
            }
            Some(_) | None => outcome,
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

    /// The same client, which asks for what it was answered before only where that changed. For providers
    /// that tag their answers; to some of them such a request costs nothing of what is allowed.
    #[must_use]
    pub fn asking_for_changes(self) -> Self {
        Self {
            known: Some(Arc::default()),
            ..self
        }
    }

    /// As [`Self::send_unsorted`], and how it ends is counted: for endpoints that are asked how they are, whose
    /// bad answers say something too.
    ///
    /// # Errors
    /// There was no answer.
    pub async fn probe(
        &self,
        request: Request,
        collect: &CollectRequest,
    ) -> Result<Reply, ReadError> {
        let outcome = self.send_unsorted(request, collect).await;
        self.learn(&outcome, collect);
        outcome
    }

    /// A GET of a further page that an answer names; `None` where that lies elsewhere.
    pub fn following(&self, link: &str) -> Option<Request> {
        let link = self.guarded.endpoint().same_origin(link)?;
        Some(Request::follow(link))
    }

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
        let finding = Self {
            reads: Reads::Missing,
            ..self.clone()
        };
        finding.send(request, collect).await
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
        let answering = Self {
            reads: Reads::Refusals,
            ..self.clone()
        };
        answering.send(request, collect).await
    }

    /// The same client, for a provider that words refusals in a way of its own.
    #[must_use]
    pub fn refused_in(self, own: OwnRefusals) -> Self {
        Self {
            own: Some(own),
            ..self
        }
    }

    /// Whether a credential is shown, a client certificate too.
    pub fn has_credential(&self) -> bool {
        self.auth.is_some() || self.shows_certificate
    }

    fn waits(&self) -> impl Iterator<Item = Duration> {
        let builder = ExponentialBuilder::default()
            .with_max_times(RETRIES)
            .with_jitter();
        builder.with_min_delay(self.retry_wait).build()
    }

    async fn attempt(
        &self,
        request: &Request,
        collect: &CollectRequest,
    ) -> Result<Reply, ReadError> {
        let _turn = self.turn(collect).await?;
        let call = self.call(request, collect);
        let call = call.instrument(self.span(request));
        let outcome = call.await;
        self.learn(&counted(&outcome), collect);
        outcome
    }

    fn learn<T>(&self, outcome: &Result<T, ReadError>, collect: &CollectRequest) {
        self.budget.learn(outcome, collect.now);
        match self.budget.turned(self.connector) {
            Some(Turned::Open(connector)) => meters().circuit_opened(connector),
            Some(Turned::Closed(connector)) => meters().circuit_closed(connector),
            None => {}
        }
    }

    pub(super) async fn turn(
        &self,
        collect: &CollectRequest,
    ) -> Result<SemaphorePermit<'_>, ReadError> {
        let begun = Instant::now();
        let turn = self.budget.turn(collect.now, collect.deadline).await;
        let result = match &turn {
            Ok(_) => "given",
            Err(ReadError::Throttled { .. }) => "throttled",
            Err(ReadError::LeftAlone { .. }) => "left_alone",
            Err(_) => "timed_out",
        };
        meters().turn(self.connector, result, begun.elapsed());
        turn
    }

    async fn call(&self, request: &Request, collect: &CollectRequest) -> Result<Reply, ReadError> {
        let known = self.known.as_ref().and_then(|it| it.of(request));
        let asked = match &known {
            Some(known) => known.asked_again(request),
            None => request.clone(),
        };
        let sending = timeout_at(collect.deadline, self.guarded.send(asked));
        let outcome = match sending.await {
            Err(_) => Err(ReadError::TimedOut),
            Ok(Err(error)) => Err(ReadError::from(error)),
            Ok(Ok(reply)) => {
                let status = reply.status.as_u16();
                Span::current().record("http.response.status_code", status);
                if reply.headers.contains_key(&SUNSET) {
                    tracing::warn!("the provider announces the end of what was asked for");
                }
                let window = self.patience.and(window_end(&reply.headers, collect.now));
                let again = known.and_then(|it| it.still_holds(&reply));
                if let (Some(known), None, StatusCode::NOT_MODIFIED) =
                    (&self.known, &again, reply.status)
                {
                    known.forget(request);
                }
                let sorted = self.sorted(again.unwrap_or(reply), collect);
                sorted.map_err(|error| error.not_before(window))
            }
        };
        if let (Some(known), Ok(reply)) = (&self.known, &outcome) {
            known.keep(request, reply);
        }
        let failed = match self.reads {
            Reads::Good | Reads::Refusals => counted(&outcome).err(),
            Reads::Missing => outcome.as_ref().err().copied(),
        };
        if let Some(error) = failed {
            Span::current().record("otel.status_code", "ERROR");
            tracing::debug!(%error, "provider read failed");
        }
        outcome
    }

    fn sorted(
        &self,
        reply: passport_http_guard::Reply,
        collect: &CollectRequest,
    ) -> Result<Reply, ReadError> {
        let is_answer = match self.reads {
            Reads::Good => false,
            Reads::Missing => reply.status == StatusCode::NOT_FOUND,
            Reads::Refusals => reply.status.is_client_error(),
        };
        if is_answer {
            return Ok(Reply::probed(reply, collect.now, Duration::ZERO));
        }
        let refusal = Refusal::of(&reply, collect.now);
        let own = self.own.zip(refusal).and_then(|(own, it)| own(&it));
        match own {
            Some(error) => Err(error),
            None => Reply::sort(reply, collect.now),
        }
    }

    /// Says who is asked, for whom, and how it ended, and never what: paths, queries, headers and
    /// bodies hold what must not leave the process. The provider, a stranger, is not told of the
    /// trace.
    pub(super) fn span(&self, request: &Request) -> Span {
        tracing::info_span!(
            "provider call",
            otel.kind = "client",
            connector = self.connector,
            source = %self.source,
            server.address = self.guarded.endpoint().host_name(),
            http.request.method = request.method().as_str(),
            http.response.status_code = Empty,
            otel.status_code = Empty,
        )
    }
}

/// What an outcome says of the provider: a refusal that is an answer is one all the same.
fn counted(outcome: &Result<Reply, ReadError>) -> Result<(), ReadError> {
    match outcome {
        Ok(reply) => reply.refused().map_or(Ok(()), Err),
        Err(error) => Err(*error),
    }
}

/// A connection that broke, or a server that was just restarting, may work a moment later. A
/// question that was refused, or a provider that asks for patience, won't.
fn worth_a_retry(error: ReadError) -> bool {
    match error {
        ReadError::Unreachable => true,
        ReadError::TimedOut
        | ReadError::LeftAlone { .. }
        | ReadError::Throttled { .. }
        | ReadError::Unauthenticated
        | ReadError::Denied
        | ReadError::NotFound
        | ReadError::Malformed
        | ReadError::TooLarge
        | ReadError::OutOfScope
        | ReadError::NotConfigured
        | ReadError::Rejected
        | ReadError::Shape => false,
    }
}

impl std::fmt::Debug for ProviderClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProviderClient")
            .field("endpoint", self.guarded.endpoint())
            .finish_non_exhaustive()
    }
}
