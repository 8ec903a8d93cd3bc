//! How a call's time is spent: a part of it is kept back, so that the reply comes before the
//! caller's deadline and can say what is missing.

use std::time::Duration;

use tokio::time::Instant;

/// How long a call takes at most where the caller does not say.
pub const DEFAULT: Duration = Duration::from_secs(10);

/// The longest that a caller may ask for.
pub const LONGEST: Duration = Duration::from_secs(120);

const LEAST_MARGIN: Duration = Duration::from_millis(50);

/// The time of one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    start: Instant,
    whole: Duration,
}

// === impl Budget ===

impl Budget {
    /// The time until `by`; [`DEFAULT`] where the caller gave no deadline.
    pub fn until(by: Option<Instant>) -> Self {
        let start = Instant::now();
        let whole = by.map_or(DEFAULT, |by| by.saturating_duration_since(start));
        Self {
            start,
            whole: whole.min(LONGEST),
        }
    }

    /// What a collector is given: all but the margin.
    pub fn for_collectors(&self) -> Duration {
        let left = self.whole.saturating_sub(self.margin());
        left.saturating_sub(self.start.elapsed())
    }

    /// When the gateway stops waiting, whether or not the collector kept its deadline.
    pub fn cutoff(&self) -> Instant {
        self.start + self.whole.saturating_sub(self.margin() / 2)
    }

    /// The greater of 50 ms and a twentieth.
    fn margin(&self) -> Duration {
        LEAST_MARGIN.max(self.whole / 20)
    }
}

#[cfg(test)]
mod tests;
