//! The fields of an Application that are read, as its custom resource definition names them.

use chrono::{DateTime, Utc};
use passport_connector_sdk::Object;
use serde::{Deserialize, de::IgnoredAny};

use super::specification::{ComparedTo, Spec};

/// An application. Argo CD's API and Kubernetes' give the same object.
#[derive(Debug, Clone, Deserialize)]
pub struct Application {
    /// Whose it is.
    pub metadata: Object<Metadata>,
    /// What it shall be.
    pub spec: Object<Spec>,
    /// What the controller last saw; empty before it first looked.
    #[serde(default)]
    pub status: Object<Status>,
    /// An operation that waits to be started, or has just been.
    pub operation: Option<IgnoredAny>,
}

/// Whose an object is.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Metadata {
    /// Its name.
    pub name: String,
    /// Its namespace.
    pub namespace: Option<String>,
    /// Present while it is being deleted.
    pub deletion_timestamp: Option<IgnoredAny>,
}

/// What the controller last saw.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    pub sync: Option<Object<Sync>>,
    pub health: Option<Object<Health>>,
    /// The last operation, running or ended.
    pub operation_state: Option<Object<OperationState>>,
    #[serde(default)]
    pub conditions: Vec<Object<Condition>>,
    #[serde(default)]
    pub history: Vec<Object<Deployed>>,
    /// When it was last compared with the newest revision of its sources.
    pub reconciled_at: Option<DateTime<Utc>>,
    pub summary: Option<Object<Summary>>,
}

/// How what runs compares with what is wanted.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sync {
    pub status: Option<String>,
    /// What was compared with.
    #[serde(flatten)]
    pub revisions: Revisions,
    /// The part of the specification that was compared.
    pub compared_to: Option<Object<ComparedTo>>,
}

/// A revision, or one for each source.
#[derive(Debug, Clone, Deserialize)]
pub struct Revisions {
    revision: Option<String>,
    #[serde(default)]
    revisions: Vec<String>,
    /// The sources that were synced, where a sync tells of them.
    #[serde(default)]
    sources: Vec<IgnoredAny>,
}

/// How well it is.
#[derive(Debug, Clone, Deserialize)]
pub struct Health {
    pub status: Option<String>,
}

/// An operation, running or ended.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OperationState {
    pub phase: Option<String>,
    operation: Option<Object<Operation>>,
    pub finished_at: Option<DateTime<Utc>>,
    pub sync_result: Option<Object<Revisions>>,
}

#[derive(Debug, Clone, Deserialize)]
struct Operation {
    sync: Option<Object<SyncOperation>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SyncOperation {
    #[serde(default)]
    dry_run: bool,
    #[serde(default)]
    resources: Vec<IgnoredAny>,
}

/// Something that stands against an application. Its message is not read.
#[derive(Debug, Clone, Deserialize)]
pub struct Condition {
    #[serde(rename = "type")]
    pub kind: String,
}

/// A sync that succeeded.
#[derive(Debug, Clone, Deserialize)]
pub struct Deployed {
    /// Rises with each.
    pub id: i64,
    #[serde(flatten)]
    pub revisions: Revisions,
}

/// What an application uses.
#[derive(Debug, Clone, Deserialize)]
pub struct Summary {
    #[serde(default)]
    pub images: Vec<String>,
}

/// When an application may be synced.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncWindows {
    /// Whether a sync by hand is let through now.
    pub can_sync: bool,
}

// === impl Sync ===

impl Sync {
    /// Whether what was compared is not what the specification says by now.
    pub fn is_outdated(&self, spec: &Spec) -> bool {
        let compared = self.compared_to.as_ref();
        compared.is_some_and(|it| !it.is_all_of(spec))
    }
}

// === impl Revisions ===

impl Revisions {
    /// Of an application with several sources one for each, else the only one.
    pub fn by_source(&self, has_several: bool) -> Vec<&str> {
        let only = self.revision.as_deref().filter(|it| !it.is_empty());
        match has_several {
            true => self.revisions.iter().map(String::as_str).collect(),
            false => only.into_iter().collect(),
        }
    }

    /// Those of a sync, one for each source that it had then. `None`: some are missing.
    pub fn whole(&self) -> Option<Vec<&str>> {
        let found = self.by_source(!self.sources.is_empty());
        (found.len() == self.sources.len().max(1)).then_some(found)
    }
}

// === impl OperationState ===

impl OperationState {
    fn sync(&self) -> Option<&SyncOperation> {
        self.operation.as_ref()?.sync.as_deref()
    }

    /// Whether it only tried what it would do.
    pub fn is_dry_run(&self) -> bool {
        self.sync().is_some_and(|it| it.dry_run)
    }

    /// Whether it was for some resources of the application only.
    pub fn is_partial(&self) -> bool {
        self.sync().is_some_and(|it| !it.resources.is_empty())
    }
}
