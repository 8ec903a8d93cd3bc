//! A collector that failed again and again is not asked for a while.
//!
//! What counts is how a whole call ends, after it was repeated: of several replicas one may fail as
//! often as it likes.

mod breaker;
#[cfg(test)]
mod tests;

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use futures::future::BoxFuture;
use http::{Request, Response};
use tokio::time::Instant;
use tonic::{Code, Status, body::Body};
use tower::Service;

use super::{answered, meters::ClientMeters};
use crate::{deadline, status};
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

/// In the extensions of a request: whether the collector began to answer, be it with nothing yet.
#[derive(Debug, Clone, Default)]
pub(super) struct Heard(Arc<AtomicBool>);

/// A call that was let through. It counts once, also when nobody waits for it any more.
struct Pass {
    switch: Switch,
    begun: Instant,
    by: Option<Instant>,
    heard: Heard,
    ending: Option<Ending>,
}

// === impl Heard ===

impl Heard {
    /// The collector began to answer.
    pub fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
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
    S: Service<Request<B>, Response = Response<Body>, Error = Status>,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = Status;
    type Future = BoxFuture<'static, Result<Response<Body>, Status>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Status>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let begun = Instant::now();
        if let Err(wait) = self.switch.with(|breaker| breaker.admit(begun)) {
            return Box::pin(async move { Err(refused(wait)) });
        }
        let heard = Heard::default();
        request.extensions_mut().insert(heard.clone());
        let mut pass = Pass {
            switch: self.switch.clone(),
            begun,
            by: deadline::remaining(request.extensions()),
            heard,
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

fn refused(wait: Duration) -> Status {
    let message = "the collector failed again and again and is not asked for a while";
    status::error(
        Code::Unavailable,
        "COLLECTOR_CIRCUIT_OPEN",
        message,
        Some(wait),
        Vec::new(),
    )
}

// === impl Pass ===

impl Pass {
    fn end(&mut self, answer: &Result<Response<Body>, Status>) {
        self.ending = Some(self.judge(answer));
    }

    fn judge(&self, answer: &Result<Response<Body>, Status>) -> Ending {
        let code = match answer {
            Ok(answer) => answered::code(answer),
            Err(status) => Some(status.code()),
        };
        match code {
            Some(Code::Unavailable) => Ending::Failed,
            Some(Code::DeadlineExceeded) => self.unanswered(),
            Some(_) | None => Ending::Answered,
        }
    }

    /// Of a call that ended without an answer: it was in time, or the caller went away.
    fn unanswered(&self) -> Ending {
        if self.heard.is_set() {
            return Ending::Answered;
        }
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
