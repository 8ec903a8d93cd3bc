//! The window that a query looks at.

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use passport_connector_sdk::settings::Span;

/// The window that a query looks at, from the moment of asking backwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period {
    /// How long it is.
    pub window: Span,
    /// How long before now it ends, in seconds.
    pub settle: u32,
}

/// A window in time: its start belongs to it, its end does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// Its first moment.
    pub start: DateTime<Utc>,
    /// The first moment behind it.
    pub end: DateTime<Utc>,
}

impl Period {
    /// Where it lies now, in whole seconds.
    pub fn before(self, now: DateTime<Utc>) -> Range {
        let end = now.trunc_subsecs(0) - TimeDelta::seconds(self.settle.into());
        Range {
            start: end - self.window.as_delta(),
            end,
        }
    }
}

impl Range {
    /// Whether a moment lies in it.
    pub fn holds(self, at: DateTime<Utc>) -> bool {
        (self.start..self.end).contains(&at)
    }
}
