//! What a source wants, once its settings were checked.

use std::collections::BTreeSet;

use passport_connector_sdk::{ActorIds, settings::Thresholds, subject_text::SubjectText};

/// What a source wants.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Key of the team. An issue of any other is not judged.
    pub team: String,
    /// The issue.
    pub issue: Option<Identifier>,
    /// The release.
    pub release: Option<Release>,
    /// Ids of states in which the issue is ready; `None`: any that is completed.
    pub ready: Option<BTreeSet<String>>,
    /// What the customer takes for an approval.
    pub approval: Option<Approval>,
    /// What is wanted of each fact that is measured.
    pub thresholds: Thresholds,
    /// Makes ids of persons.
    pub actors: ActorIds,
}

/// An issue of the team.
#[derive(Debug, Clone)]
pub struct Identifier {
    /// The identifier, such as `ENG-42`.
    pub text: String,
    /// The number in it.
    pub number: u32,
}

/// A release of a pipeline.
#[derive(Debug, Clone)]
pub struct Release {
    /// Id of the pipeline.
    pub pipeline: String,
    /// The version.
    pub version: SubjectText,
}

/// What the customer takes for an approval: Linear has none of its own.
#[derive(Debug, Clone)]
pub struct Approval {
    /// Where it is read.
    pub by: By,
    /// Ids of persons who may give it.
    pub approvers: BTreeSet<String>,
}

/// Where an approval is read.
#[derive(Debug, Clone)]
pub enum By {
    /// The issue has the label of this id.
    Label(String),
    /// The issue is in the state of this id.
    State(String),
}

// === impl By ===

impl By {
    /// What is looked for, as it is shown.
    pub fn shown(&self) -> String {
        match self {
            Self::Label(id) => format!("label:{id}"),
            Self::State(id) => format!("state:{id}"),
        }
    }
}
