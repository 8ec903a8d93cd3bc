//! How a source is doing.

use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use passport_evidence::{Fact, FailureCode, Status};

/// How long the last check of a credential counts.
const CHECK_LIVES: TimeDelta = TimeDelta::hours(24);

/// How a source is doing since the process started.
#[derive(Debug, Default)]
pub(super) struct SourceStatus {
    state: Mutex<State>,
}

#[derive(Debug, Default, Clone)]
pub(super) struct State {
    pub validated_at: Option<DateTime<Utc>>,
    pub failing: Option<(DateTime<Utc>, FailureCode)>,
    checked: Option<Checked>,
}

/// What the last check said of the credential.
#[derive(Debug, Clone)]
struct Checked {
    generation: [u8; 32],
    at: DateTime<Utc>,
    fact: Fact,
}

impl SourceStatus {
    pub fn now(&self) -> State {
        self.lock().clone()
    }

    pub fn worked(&self, at: DateTime<Utc>) {
        let mut state = self.lock();
        state.validated_at = Some(at);
        state.failing = None;
    }

    pub fn failed(&self, at: DateTime<Utc>, code: FailureCode) {
        let mut state = self.lock();
        let since = state.failing.map_or(at, |(since, _)| since);
        state.failing = Some((since, code));
    }

    pub fn checked(&self, generation: [u8; 32], at: DateTime<Utc>, fact: Fact) {
        self.lock().checked = Some(Checked {
            generation,
            at,
            fact,
        });
    }

    /// What the last check said of this very credential, where it still counts.
    pub fn credential_scope(&self, generation: [u8; 32], now: DateTime<Utc>) -> Option<Fact> {
        let state = self.lock();
        let checked = state.checked.as_ref()?;
        let counts = checked.generation == generation && now - checked.at <= CHECK_LIVES;
        counts.then(|| checked.fact.clone())
    }

    /// What the last check said against this very credential, however long ago: time alone makes no
    /// credential narrower.
    pub fn said_against(&self, generation: [u8; 32]) -> Option<Fact> {
        let state = self.lock();
        let checked = state.checked.as_ref()?;
        let is_against = matches!(
            checked.fact.status(),
            Status::Failed | Status::Unknown | Status::Warning
        );
        (checked.generation == generation && is_against).then(|| checked.fact.clone())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
