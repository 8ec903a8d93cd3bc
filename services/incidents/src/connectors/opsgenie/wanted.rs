//! What a source wants, once its settings were checked.

use std::collections::BTreeSet;

use passport_connector_sdk::{ActorIds, settings::Thresholds};

use super::{model::Alert, priority::Priority};

/// What a source wants, once its settings were checked.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The site of the successor; `None`: Opsgenie itself is asked.
    pub cloud: Option<String>,
    /// The tag.
    pub tag: Option<String>,
    /// The team.
    pub team: Option<String>,
    /// The service.
    pub service: Option<String>,
    /// Priorities that fail the release.
    pub blocking: BTreeSet<Priority>,
    /// So many of P4, and of P5, are allowed.
    pub low_cap: u32,
    /// Most pages of a list.
    pub page_limit: u32,
    /// What is wanted of each fact.
    pub thresholds: Thresholds,
    /// Makes ids of persons.
    pub actors: ActorIds,
}

// === impl Wanted ===

impl Wanted {
    /// Whether an alert has the tag, and a team that may be the source's: often only the team's id is told.
    pub fn has(&self, alert: &Alert) -> bool {
        let has_tag = |tag: &String| alert.tags.as_ref().is_some_and(|it| it.contains(tag));
        let may_be = |team: &String| {
            let mut teams = alert.teams();
            teams.any(|it| it.name.as_ref().is_none_or(|name| name == team))
        };
        self.tag.as_ref().is_none_or(has_tag) && self.team.as_ref().is_none_or(may_be)
    }
}
