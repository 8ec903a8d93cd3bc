//! What a source wants, once its settings were checked.

use std::collections::BTreeMap;

use passport_connector_sdk::{ActorIds, settings::Thresholds, subject_text::SubjectText};

use super::word::Word;

/// What a source wants, once its settings were checked.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Number of the change.
    pub change: Option<String>,
    /// What another system calls it.
    pub correlation: Option<SubjectText>,
    /// The group that the change has to be assigned to.
    pub group: Option<String>,
    /// The configuration item that it has to be about.
    pub item: Option<String>,
    /// Whether a change without planned dates is none.
    pub require_window: bool,
    /// Whether one end of the window is enough.
    pub allow_open_ended: bool,
    /// Whether the board has to be heard whatever the record says.
    pub require_cab: bool,
    /// Whether conflicts have to have been looked for.
    pub require_conflict_check: bool,
    /// Whether the requester may not approve.
    pub separation_of_duties: bool,
    /// What codes of states mean.
    pub states: BTreeMap<String, Word>,
    /// What is wanted of each fact that is measured.
    pub thresholds: Thresholds,
    /// Makes ids of persons.
    pub actors: ActorIds,
}
