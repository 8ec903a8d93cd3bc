//! What reads of lines give.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use passport_connector_sdk::{Object, ReadError};
use passport_evidence::Reason;

use super::model::{Event, QueryResults};

/// What became of an Insights query.
#[derive(Debug, Clone)]
pub enum Ran {
    /// It went through all, and this is what it found.
    Complete(QueryResults),
    /// It still runs. What it has found so far counts for nothing.
    Unfinished,
    /// It ended otherwise.
    Ended,
}

/// Lines that fit a pattern, each once.
#[derive(Debug, Clone)]
pub struct Events {
    /// Their ids, each with its log group.
    pub ids: BTreeSet<(String, String)>,
    /// When they were written.
    pub times: BTreeSet<DateTime<Utc>>,
    /// Whether no page is left.
    pub is_whole: bool,
}

/// Why there is no count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Open {
    /// A query still runs.
    Pending,
    /// Nothing can be concluded.
    Unknown(Reason),
}

impl From<Reason> for Open {
    fn from(reason: Reason) -> Self {
        Self::Unknown(reason)
    }
}

// === impl Ran ===

impl Ran {
    /// By the status of a query.
    pub fn of(results: QueryResults) -> Result<Self, ReadError> {
        match results.status.as_deref() {
            Some("Complete") => Ok(Self::Complete(results)),
            Some("Scheduled" | "Running") => Ok(Self::Unfinished),
            // Failed, Cancelled, Timeout, Unknown, and what is not known.
            Some(_) => Ok(Self::Ended),
            None => Err(ReadError::Shape),
        }
    }

    /// What it found, once it is complete.
    pub fn complete(&self) -> Result<&QueryResults, Open> {
        match self {
            Self::Complete(results) => Ok(results),
            Self::Unfinished => Err(Open::Pending),
            Self::Ended => Err(Reason::Unavailable.into()),
        }
    }
}

// === impl Events ===

impl Events {
    /// No lines.
    pub fn none() -> Self {
        Self {
            ids: BTreeSet::new(),
            times: BTreeSet::new(),
            is_whole: true,
        }
    }

    /// Those of a page, too.
    pub fn add(&mut self, group: &str, events: Vec<Object<Event>>) -> Result<(), ReadError> {
        for Object(event) in events {
            let id = event.event_id.ok_or(ReadError::Shape)?;
            let at = event.timestamp.and_then(DateTime::from_timestamp_millis);
            self.times.insert(at.ok_or(ReadError::Shape)?);
            self.ids.insert((group.to_owned(), id));
        }
        Ok(())
    }
}
