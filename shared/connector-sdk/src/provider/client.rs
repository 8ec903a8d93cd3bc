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
    Auth, Budget, OwnRefusals, ReadError, Reads, Reply, budget::Turned, headers::window_end,
    known::KnownReplies, reads::standing,
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
        match self.patient_until(outcome.as_ref().err(), collect).await {
            Some(later) => self.retried(&request, &later).await,
            None => outcome,
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
                Err(error) if error.may_pass_in_a_moment() => waits.next(),
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
        self.learn(&standing(&outcome), collect);
        outcome
    }

    pub(super) fn learn<T>(&self, outcome: &Result<T, ReadError>, collect: &CollectRequest) {
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
        let failed = self.reads.failure(&outcome);
        if let Some(error) = failed {
            Span::current().record("otel.status_code", "ERROR");
            tracing::debug!(%error, "provider read failed");
        }
        outcome
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

impl std::fmt::Debug for ProviderClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProviderClient")
            .field("endpoint", self.guarded.endpoint())
            .finish_non_exhaustive()
    }
}
