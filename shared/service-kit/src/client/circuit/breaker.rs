//! When calls are let through. Pure: the time is an argument.

use std::time::Duration;

use tokio::time::Instant;

/// Failures in a row after which nobody is let through.
const LIMIT: u32 = 5;

const FIRST_REST: Duration = Duration::from_secs(1);
const LONGEST_REST: Duration = Duration::from_secs(15);

/// How soon those are to ask again who come while one call tries the collector.
const SOON: Duration = Duration::from_secs(1);

/// Whether calls to a collector are let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CircuitState {
    /// All are.
    Closed,
    /// None is, for a while.
    Open,
    /// One is, and decides by its end.
    Probing,
}

/// How a call ended, as far as it tells whether the collector is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// The collector answered, whatever it said.
    Answered,
    /// It is unavailable, or did not answer in a fair time.
    Failed,
    /// The call ended before anything could be known.
    Unknown,
}

/// Counts failures in a row.
#[derive(Debug, Default)]
pub(super) struct Breaker {
    failures: u32,
    /// Set while the circuit is not closed.
    opened: Option<Opened>,
}

#[derive(Debug, Clone, Copy)]
struct Opened {
    until: Instant,
    rest: Duration,
    is_probed: bool,
}

// === impl Breaker ===

impl Breaker {
    pub fn state(&self) -> CircuitState {
        match self.opened {
            None => CircuitState::Closed,
            Some(opened) if opened.is_probed => CircuitState::Probing,
            Some(_) => CircuitState::Open,
        }
    }

    /// Lets a call through, or says how long there is no use in asking. What is let through has to
    /// be recorded.
    pub fn admit(&mut self, now: Instant) -> Result<(), Duration> {
        let Some(opened) = &mut self.opened else {
            return Ok(());
        };
        if opened.is_probed {
            return Err(SOON);
        }
        if now < opened.until {
            return Err(opened.until.saturating_duration_since(now));
        }
        opened.is_probed = true;
        Ok(())
    }

    pub fn record(&mut self, ending: Ending, now: Instant) {
        match ending {
            Ending::Answered => *self = Self::default(),
            Ending::Failed => self.failed(now),
            Ending::Unknown => {
                if let Some(opened) = &mut self.opened {
                    opened.is_probed = false;
                }
            }
        }
    }

    fn failed(&mut self, now: Instant) {
        self.failures = self.failures.saturating_add(1);
        let rest = match self.opened {
            None if self.failures < LIMIT => return,
            None => FIRST_REST,
            // A call from before the circuit opened.
            Some(opened) if !opened.is_probed => return,
            Some(opened) => (opened.rest * 2).min(LONGEST_REST),
        };
        self.opened = Some(Opened {
            until: now + rest,
            rest,
            is_probed: false,
        });
    }
}
