//! The fields of workloads and ReplicaSets that are read, as the API reference of Kubernetes names
//! them (`apps/v1`).

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use passport_kubernetes_api::LabelSelector;
use serde::{Deserialize, de::IgnoredAny};

use super::pod::PodSpec;

/// Which revision of its pod template a Deployment, or a ReplicaSet of one, is of.
const REVISION: &str = "deployment.kubernetes.io/revision";
/// Which revision of its pod template a pod of a StatefulSet is of.
const REVISION_HASH: &str = "controller-revision-hash";

/// Whose an object is.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Metadata {
    pub uid: String,
    /// Rises with each change of what is wanted.
    pub generation: Option<i64>,
    pub creation_timestamp: Option<DateTime<Utc>>,
    /// Present while it is being deleted.
    pub deletion_timestamp: Option<IgnoredAny>,
    labels: Option<BTreeMap<String, String>>,
    annotations: Option<BTreeMap<String, String>>,
    owner_references: Option<Vec<Owner>>,
}

#[derive(Debug, Clone, Deserialize)]
struct Owner {
    uid: String,
    kind: Option<String>,
    name: Option<String>,
    controller: Option<bool>,
}

/// A Deployment, StatefulSet or DaemonSet.
#[derive(Debug, Clone, Deserialize)]
pub struct Workload {
    pub metadata: Metadata,
    pub spec: WorkloadSpec,
    /// What its controller last saw.
    #[serde(default)]
    pub status: WorkloadStatus,
}

/// What a workload shall be.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkloadSpec {
    /// One, where it is not said. A DaemonSet has none.
    pub replicas: Option<u32>,
    pub selector: LabelSelector,
    pub template: Template,
    pub paused: Option<bool>,
    pub progress_deadline_seconds: Option<i64>,
    /// How a StatefulSet or DaemonSet is updated.
    pub update_strategy: Option<UpdateStrategy>,
}

/// How a StatefulSet or DaemonSet is updated.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdateStrategy {
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub rolling_update: Option<RollingUpdate>,
}

/// The parts of an update in steps.
#[derive(Debug, Clone, Deserialize)]
pub struct RollingUpdate {
    /// Pods with a smaller number are not updated.
    pub partition: Option<u32>,
}

/// What a workload's pods are made from.
#[derive(Debug, Clone, Deserialize)]
pub struct Template {
    metadata: Option<TemplateMetadata>,
    pub spec: PodSpec,
}

/// What each of the pods is called.
#[derive(Debug, Clone, Deserialize)]
struct TemplateMetadata {
    labels: Option<BTreeMap<String, String>>,
}

/// What a controller last saw. Counts that are left out are zero.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkloadStatus {
    /// The generation that the rest is about.
    pub observed_generation: Option<i64>,
    pub replicas: Option<u32>,
    pub updated_replicas: Option<u32>,
    pub available_replicas: Option<u32>,
    pub desired_number_scheduled: Option<u32>,
    pub current_number_scheduled: Option<u32>,
    pub updated_number_scheduled: Option<u32>,
    pub number_available: Option<u32>,
    pub current_revision: Option<String>,
    pub update_revision: Option<String>,
    pub conditions: Option<Vec<Condition>>,
}

/// Something that a controller says of an object. Its message is not read.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Condition {
    #[serde(rename = "type")]
    pub kind: String,
    pub status: String,
    pub reason: Option<String>,
}

/// A ReplicaSet, which has the pods of one revision of a Deployment.
#[derive(Debug, Clone, Deserialize)]
pub struct ReplicaSet {
    pub metadata: Metadata,
}

// === impl Metadata ===

impl Metadata {
    /// Whether an object of this id controls it.
    pub fn is_of(&self, uid: &str) -> bool {
        let mut owners = self.owner_references.iter().flatten();
        owners.any(|it| it.controller == Some(true) && it.uid == uid)
    }

    /// Whether an object of this kind and name controls it.
    pub fn is_of_named(&self, kind: &str, name: &str) -> bool {
        let mut owners = self.owner_references.iter().flatten();
        owners.any(|it| {
            let is_it = it.kind.as_deref() == Some(kind) && it.name.as_deref() == Some(name);
            it.controller == Some(true) && is_it
        })
    }

    /// The revision of a Deployment, or of a ReplicaSet of one.
    pub fn revision(&self) -> Option<&str> {
        self.annotation(REVISION)
    }

    /// The revision of a pod of a StatefulSet.
    pub fn revision_hash(&self) -> Option<&str> {
        self.label(REVISION_HASH)
    }

    /// The value of a label.
    pub fn label(&self, key: &str) -> Option<&str> {
        self.labels.as_ref()?.get(key).map(String::as_str)
    }

    /// The value of an annotation.
    pub fn annotation(&self, key: &str) -> Option<&str> {
        self.annotations.as_ref()?.get(key).map(String::as_str)
    }
}

// === impl Template ===

impl Template {
    /// The labels of the pods that are made from it.
    pub fn labels(&self) -> &BTreeMap<String, String> {
        static NONE: BTreeMap<String, String> = BTreeMap::new();
        let metadata = self.metadata.as_ref();
        metadata.and_then(|it| it.labels.as_ref()).unwrap_or(&NONE)
    }
}

// === impl Workload ===

impl Workload {
    /// What must not have moved while the rest was read.
    pub fn anchor(&self) -> (&str, Option<i64>, Option<i64>, Option<&str>, Option<&str>) {
        let Self {
            metadata, status, ..
        } = self;
        (
            &metadata.uid,
            metadata.generation,
            status.observed_generation,
            metadata.revision(),
            status.update_revision.as_deref(),
        )
    }

    /// Whether its controller has seen what is wanted now.
    pub fn is_observed(&self) -> bool {
        let generation = self.metadata.generation;
        generation.is_some() && generation == self.status.observed_generation
    }
}
