//! What a source wants, once its settings were checked.

use passport_connector_sdk::{
    settings::{Span, Thresholds},
    subject_text::SubjectText,
};

/// What a source wants, once its settings were checked.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Slug of the organization.
    pub organization: String,
    /// Slug of the project.
    pub project: String,
    /// Sentry's own name of the environment.
    pub environment: String,
    /// The release.
    pub release: SubjectText,
    /// How far back is looked, as it is written.
    pub window: String,
    /// The same.
    pub span: Span,
    /// Fewer sessions than this prove nothing.
    pub min_sessions: u64,
    /// So many events are no spike where there were none before.
    pub min_events: u64,
    /// What the events are compared with.
    pub baseline: Baseline,
    /// More events than this are too many.
    pub cap: u64,
    /// Most pages of a list.
    pub page_limit: u32,
    /// What is wanted of each fact.
    pub thresholds: Thresholds,
}

/// What the events of the window are compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Baseline {
    /// The window before.
    PreviousWindow,
    /// The same window a week ago.
    LastWeek,
    /// This release in the window before.
    Release(String),
    /// The newest release before the one that is judged, whichever it is, in the window before.
    PreviousRelease,
}
