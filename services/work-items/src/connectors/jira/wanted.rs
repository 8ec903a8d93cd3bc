//! What a source wants, once its settings were checked.

use std::collections::BTreeSet;

use passport_connector_sdk::{ActorIds, settings::Thresholds, subject_text::SubjectText};
use passport_evidence::Threshold;
use schemars::JsonSchema;
use serde::Deserialize;

/// Where Jira runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Deployment {
    /// At Atlassian.
    #[default]
    Cloud,
    /// At the customer.
    Datacenter,
}

/// What a source wants.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Where Jira runs.
    pub deployment: Deployment,
    /// Keys of projects. A ticket of any other is not judged.
    pub projects: Vec<String>,
    /// Which tickets.
    pub target: Target,
    /// Name or id of the type that they must have.
    pub issue_type: Option<String>,
    /// What approves them.
    pub approval: Approval,
    /// Ids of the fields that hold the planned start and end.
    pub window: Option<(String, String)>,
    /// Ids of link types whose inward side blocks; `None`: the type says in English that it does.
    pub link_types: Option<BTreeSet<String>>,
    /// Most pages of a list.
    pub page_limit: u32,
    /// What is wanted of each fact that is measured.
    pub thresholds: Thresholds,
    /// Makes ids of persons.
    pub actors: ActorIds,
}

/// Which tickets.
#[derive(Debug, Clone)]
pub enum Target {
    /// The one of this key.
    Issue(String),
    /// Those that a search finds.
    Search {
        /// The version that they are to be fixed in.
        fix_version: Option<SubjectText>,
        /// A label that they have.
        label: Option<SubjectText>,
    },
}

/// What approves a ticket.
#[derive(Debug, Clone)]
pub struct Approval {
    /// Where it is read.
    pub by: By,
    /// Ids of statuses that refuse it.
    pub rejected: BTreeSet<String>,
    /// Ids of resolutions with which a ticket that is done is still approved.
    pub resolutions: BTreeSet<String>,
    /// Whether who asked may not approve.
    pub separates_duties: bool,
}

/// Where an approval is read.
#[derive(Debug, Clone)]
pub enum By {
    /// In the status.
    Status {
        /// Ids that approve.
        approved: BTreeSet<String>,
        /// Ids that say nothing yet.
        pending: BTreeSet<String>,
    },
    /// In the approvals of service management.
    Rounds {
        /// So many persons must approve.
        least: u32,
    },
    /// In a field of its own.
    Field {
        /// Its id.
        id: String,
        /// Ids of options that approve.
        approved: BTreeSet<String>,
    },
}

// === impl Wanted ===

impl Wanted {
    /// The ticket that is asked for by its key.
    pub fn issue(&self) -> Option<&str> {
        match &self.target {
            Target::Issue(key) => Some(key),
            Target::Search { .. } => None,
        }
    }

    /// Whether approvals of service management are read.
    pub fn reads_rounds(&self) -> bool {
        match self.approval.by {
            By::Rounds { .. } => true,
            By::Status { .. } | By::Field { .. } => false,
        }
    }

    /// Fields of a ticket that are asked for, the configured ones last.
    pub fn fields(&self) -> Vec<&str> {
        let reporter = self.approval.separates_duties.then_some("reporter");
        let field = match &self.approval.by {
            By::Field { id, .. } => Some(id.as_str()),
            By::Status { .. } | By::Rounds { .. } => None,
        };
        let window = self.window.iter();
        let window = window.flat_map(|(start, end)| [start.as_str(), end.as_str()]);
        let own = reporter.into_iter().chain(field).chain(window);
        FIELDS.into_iter().chain(own).collect()
    }
}

/// Fields of a ticket that are always asked for.
const FIELDS: [&str; 10] = [
    "status",
    "resolution",
    "resolutiondate",
    "issuetype",
    "project",
    "updated",
    "created",
    "labels",
    "fixVersions",
    "issuelinks",
];

// === impl Approval ===

impl Approval {
    /// What is wanted of the approval.
    pub fn threshold(&self) -> Option<Threshold> {
        let approved = match &self.by {
            By::Status { approved, .. } | By::Field { approved, .. } => approved,
            By::Rounds { .. } => return Some(Threshold::equals("approved")),
        };
        let ids: Vec<_> = approved.iter().map(String::as_str).collect();
        format!("in {}", ids.join(", ")).parse().ok()
    }
}
