//! What a source wants, once its settings were checked.

use std::collections::BTreeSet;

use passport_connector_sdk::settings::Thresholds;

use super::priority::Priority;

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
}
