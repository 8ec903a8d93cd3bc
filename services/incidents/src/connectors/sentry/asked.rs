//! What is asked for, and how an answer is held.

use chrono::{DateTime, Utc};
use passport_connector_sdk::{CollectRequest, Object};

use super::{model::Issue, wanted::Wanted};

/// What a read gave, and when that was true.
#[derive(Debug, Clone)]
pub struct Dated<T> {
    /// What was read.
    pub read: T,
    /// When it was true.
    pub at: DateTime<Utc>,
}

/// What pages of a list gave.
#[derive(Debug, Clone)]
pub struct Listed<T> {
    /// What was read of it.
    pub rows: Vec<Object<T>>,
    /// Whether that is all.
    pub is_whole: bool,
}

/// Groups of events that a query finds.
pub type Issues = Listed<Issue>;

/// What all reads of one project have in common.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// What the source wants.
    pub wanted: &'a Wanted,
    /// The project's number.
    pub project: &'a str,
    /// What the collection is for.
    pub request: &'a CollectRequest,
}

/// When the events of a series happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum During {
    /// In the window.
    Window,
    /// From one moment to another.
    Span(DateTime<Utc>, DateTime<Utc>),
}
