//! How much one credential may ask of one provider.

use std::{num::NonZeroU32, sync::Mutex};

use chrono::{DateTime, Utc};
use governor::{DefaultDirectRateLimiter, Quota};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::{Instant, timeout_at},
};

use super::{ReadError, breaker::Breaker};

/// Requests under way at once.
const AT_ONCE: usize = 4;
/// Requests in a second, and how many of them may come together.
const PER_SECOND: NonZeroU32 = NonZeroU32::new(20).unwrap();
const BURST: NonZeroU32 = NonZeroU32::new(40).unwrap();

/// One budget for each workspace, provider origin and credential: concurrency, rate, the provider's
/// own word to wait, and the breaker.
pub(crate) struct Budget {
    at_once: Semaphore,
    rate: DefaultDirectRateLimiter,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    breaker: Breaker,
    quiet_until: Option<DateTime<Utc>>,
    /// The connector that found out that the provider is in trouble, while it is left alone.
    open_for: Option<&'static str>,
}

/// What became of a breaker, and the connector that opened it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turned {
    /// The provider is left alone from now on.
    Open(&'static str),
    /// It answers again.
    Closed(&'static str),
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            at_once: Semaphore::new(AT_ONCE),
            rate: DefaultDirectRateLimiter::direct(
                Quota::per_second(PER_SECOND).allow_burst(BURST),
            ),
            state: Mutex::default(),
        }
    }
}

impl Budget {
    /// Waits for a turn, at most until the deadline.
    pub(super) async fn turn(
        &self,
        now: DateTime<Utc>,
        deadline: Instant,
    ) -> Result<SemaphorePermit<'_>, ReadError> {
        self.admit(now)?;
        let turn = async {
            self.rate.until_ready().await;
            self.at_once.acquire().await
        };
        let permit = timeout_at(deadline, turn)
            .await
            .map_err(|_| ReadError::TimedOut)?;
        permit.map_err(|_| ReadError::Unreachable)
    }

    fn admit(&self, now: DateTime<Utc>) -> Result<(), ReadError> {
        let mut state = self.lock();
        if let Some(until) = state.quiet_until.filter(|until| now < *until) {
            return Err(ReadError::Throttled {
                retry_at: Some(until),
            });
        }
        state.breaker.admit(now)
    }

    /// Learns from an outcome.
    pub(super) fn learn<T>(&self, outcome: &Result<T, ReadError>, now: DateTime<Utc>) {
        let mut state = self.lock();
        match outcome {
            Err(ReadError::Throttled { retry_at }) => {
                // One answer without a time takes nothing from what another has said.
                state.quiet_until = state.quiet_until.max(*retry_at);
                state.breaker.succeeded();
            }
            Err(error) => match error.trouble() {
                Some(trouble) => state.breaker.failed(trouble, now),
                None => state.breaker.succeeded(),
            },
            Ok(_) => state.breaker.succeeded(),
        }
    }

    /// What has become of the breaker since this was last asked.
    pub(super) fn turned(&self, connector: &'static str) -> Option<Turned> {
        let mut state = self.lock();
        match (state.breaker.is_open(), state.open_for) {
            (true, None) => {
                state.open_for = Some(connector);
                Some(Turned::Open(connector))
            }
            (false, Some(opened_for)) => {
                state.open_for = None;
                Some(Turned::Closed(opened_for))
            }
            (true, Some(_)) | (false, None) => None,
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        // A panic elsewhere can't leave these few fields half written.
        self.state
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
