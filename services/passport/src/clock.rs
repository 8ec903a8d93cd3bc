//! The clock of this machine.

use chrono::{DateTime, Utc};
use passport_evidence::Clock;

/// Tells the time of this machine.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(
        clippy::disallowed_methods,
        reason = "the one clock that everything else gets injected"
    )]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}
