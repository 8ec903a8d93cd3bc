//! Which of the kept bundles is judged.

use chrono::{DateTime, Utc};
use passport_connector_sdk::{Record, digests::Digests};

use super::summary::Summary;
use crate::upload::ToldTime;

/// A bundle that was kept.
#[derive(Debug, Clone)]
pub struct Bundle {
    received_at: DateTime<Utc>,
    /// What was kept of it; `None`: another version of this connector kept it.
    pub summary: Option<Summary>,
}

/// The newest bundle about one of the digests, else the newest; several where their runs ended at one
/// moment. One that can't be read may be about any.
pub fn newest<'a>(bundles: &'a [Bundle], digests: &Digests<'_>) -> Vec<&'a Bundle> {
    let about_it: Vec<_> = bundles.iter().filter(|it| it.is_about(digests)).collect();
    let all = match about_it.is_empty() {
        true => bundles.iter().collect(),
        false => about_it,
    };
    let last = all.iter().map(|it| it.no_later_than()).max();
    all.into_iter()
        .filter(|it| Some(it.no_later_than()) == last)
        .collect()
}

// === impl Bundle ===

impl Bundle {
    /// Reads what was kept.
    pub fn read(record: &Record) -> Self {
        Self {
            received_at: record.received_at,
            summary: Summary::read(&record.body),
        }
    }

    /// When its run ended.
    pub fn time(&self) -> ToldTime {
        let finished_at = self.summary.as_ref().and_then(|it| it.finished_at);
        ToldTime::of(finished_at, self.received_at)
    }

    fn no_later_than(&self) -> DateTime<Utc> {
        self.time().no_later_than(self.received_at)
    }

    fn is_about(&self, digests: &Digests<'_>) -> bool {
        let summary = self.summary.as_ref();
        summary.is_none_or(|it| digests.has(&it.artifact))
    }
}
