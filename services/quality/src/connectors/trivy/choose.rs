//! Which of the kept reports is judged.

use chrono::{DateTime, Utc};
use passport_connector_sdk::Record;

use super::{subject::Digests, summary::Summary};
use crate::upload::ToldTime;

/// A report that was kept.
#[derive(Debug, Clone)]
pub struct Report {
    /// When it came in.
    pub received_at: DateTime<Utc>,
    /// What was kept of it.
    pub summary: Summary,
}

/// The newest report that names one of the digests, else the newest. One that can't be read may name
/// any.
pub fn newest<'a>(reports: &'a [Report], digests: &Digests) -> Option<&'a Report> {
    let names_one = |it: &&Report| it.summary.is_foreign() || digests.are_named_by(&it.summary);
    let about_it = reports
        .iter()
        .filter(names_one)
        .max_by_key(|it| it.no_later_than());
    about_it.or_else(|| reports.iter().max_by_key(|it| it.no_later_than()))
}

// === impl Report ===

impl Report {
    /// Reads what was kept.
    pub fn read(record: &Record) -> Self {
        Self {
            received_at: record.received_at,
            summary: Summary::read(&record.body),
        }
    }

    /// When the scan was.
    pub fn scan_time(&self) -> ToldTime {
        ToldTime::of(self.summary.scanned_at(), self.received_at)
    }

    fn no_later_than(&self) -> DateTime<Utc> {
        self.scan_time().no_later_than(self.received_at)
    }
}
