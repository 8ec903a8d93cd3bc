//! The clock of this machine.

use std::time::SystemTime;

use chrono::{DateTime, Utc};
use passport_evidence::Clock;

/// The clock of this machine; all others are for tests and replays.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(
        clippy::disallowed_methods,
        reason = "the one place where the machine's clock is read; all else is handed this"
    )]
    fn now(&self) -> DateTime<Utc> {
        SystemTime::now().into()
    }
}
