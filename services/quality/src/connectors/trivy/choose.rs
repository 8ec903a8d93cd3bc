//! Which of the kept reports is judged.

use chrono::{DateTime, Utc};
use passport_connector_sdk::Record;
use passport_evidence::freshness::SKEW;

use super::{subject::Digests, summary::Summary};

/// A report that was kept.
#[derive(Debug, Clone)]
pub struct Report {
    /// When it came in.
    pub received_at: DateTime<Utc>,
    /// What was kept of it.
    pub summary: Summary,
}

/// When a scan was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScanTime {
    /// Then.
    At(DateTime<Utc>),
    /// Nobody says.
    Untold,
    /// Said to be after the report came in. Waiting does not make that true.
    Ahead,
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
    pub fn scan_time(&self) -> ScanTime {
        match self.summary.scanned_at() {
            None => ScanTime::Untold,
            Some(at) if at > self.received_at + SKEW => ScanTime::Ahead,
            Some(at) => ScanTime::At(at),
        }
    }

    /// A report whose time is not known, or can't be, was made before it came in. It is taken to be
    /// as new as it may be, so that an older one does not pass in its place.
    fn no_later_than(&self) -> DateTime<Utc> {
        match self.scan_time() {
            ScanTime::At(at) => at.min(self.received_at),
            ScanTime::Untold | ScanTime::Ahead => self.received_at,
        }
    }
}
