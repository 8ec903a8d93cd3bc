//! A collector that failed again and again is not asked for a while.

mod breaker;
#[cfg(test)]
mod tests;

use std::{
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use futures::future::BoxFuture;
use http::{Request, Response};
use tokio::time::Instant;
use tonic::{Code, body::Body};
use tower::Service;

use super::{answered, meters::ClientMeters, unanswered::Unanswered};
use crate::deadline;
pub use breaker::CircuitState;
use breaker::{Breaker, Ending};

/// A call that had less time says nothing of a collector that did not answer it: callers may be as
/// impatient as they like, and are not to take a collector from all others.
const FAIR: Duration = Duration::from_secs(1);

/// Lets calls through while the collector answers.
#[derive(Debug, Clone)]
pub(super) struct Circuit<S> {
    inner: S,
    switch: Switch,
}

/// The state of a circuit. A clone is the same circuit's.
#[derive(Debug, Clone)]
pub(super) struct Switch {
    breaker: Arc<Mutex<Breaker>>,
    meters: ClientMeters,
}

/// A call that was let through. It counts once, also when nobody waits for it any more.
struct Pass {
    switch: Switch,
    begun: Instant,
    by: Option<Instant>,
    ending: Option<Ending>,
}

// === impl Switch ===

impl Switch {
    pub fn new(meters: ClientMeters) -> Self {
        Self {
            breaker: Arc::default(),
            meters,
        }
    }

    pub fn state(&self) -> CircuitState {
        self.with(|breaker| breaker.state())
    }

    fn with<T>(&self, change: impl FnOnce(&mut Breaker) -> T) -> T {
        let mut breaker = self.breaker.lock().unwrap_or_else(PoisonError::into_inner);
        let before = breaker.state();
        let result = change(&mut breaker);
        let after = breaker.state();
        drop(breaker);
        if before != after {
            self.tell(after);
        }
        result
    }

    fn tell(&self, state: CircuitState) {
        let collector = self.meters.collector();
        match state {
            CircuitState::Closed => tracing::info!(collector, "the collector answers again"),
            CircuitState::Open => {
                tracing::warn!(collector, "the collector is not asked for a while")
            }
            CircuitState::Probing => tracing::debug!(collector, "the collector is tried"),
        }
        self.meters.circuit_open(state != CircuitState::Closed);
    }
}

// === impl Circuit ===

impl<S> Circuit<S> {
    pub fn new(inner: S, switch: Switch) -> Self {
        Self { inner, switch }
    }
}

impl<S, B> Service<Request<B>> for Circuit<S>
where
    S: Service<Request<B>, Response = Response<Body>, Error = Unanswered>,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = Unanswered;
    type Future = BoxFuture<'static, Result<Response<Body>, Unanswered>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Unanswered>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let begun = Instant::now();
        if let Err(wait) = self.switch.with(|breaker| breaker.admit(begun)) {
            return Box::pin(async move { Err(Unanswered::Refused(wait)) });
        }
        let mut pass = Pass {
            switch: self.switch.clone(),
            begun,
            by: deadline::remaining(request.extensions()),
            ending: None,
        };
        let answer = self.inner.call(request);
        Box::pin(async move {
            let answer = answer.await;
            pass.end(&answer);
            answer
        })
    }
}

// === impl Pass ===

impl Pass {
    fn end(&mut self, answer: &Result<Response<Body>, Unanswered>) {
        self.ending = Some(self.judge(answer));
    }

    fn judge(&self, answer: &Result<Response<Body>, Unanswered>) -> Ending {
        match answer {
            Ok(answer) => match answered::code(answer) {
                Some(Code::Unavailable) => Ending::Failed,
                Some(Code::DeadlineExceeded) => self.unanswered(),
                Some(_) | None => Ending::Answered,
            },
            Err(Unanswered::Nobody | Unanswered::Lost { .. }) => Ending::Failed,
            Err(Unanswered::Reset(_)) => Ending::Answered,
            Err(Unanswered::Refused(_)) => Ending::Unknown,
        }
    }

    /// Of a call that ended without an answer: it was in time, or the caller went away.
    fn unanswered(&self) -> Ending {
        let had_time = self.by.is_some_and(|by| {
            let is_over = Instant::now() >= by;
            is_over && by.saturating_duration_since(self.begun) >= FAIR
        });
        match had_time {
            true => Ending::Failed,
            false => Ending::Unknown,
        }
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        let ending = self.ending.unwrap_or_else(|| self.unanswered());
        let now = Instant::now();
        self.switch.with(|breaker| breaker.record(ending, now));
    }
}
