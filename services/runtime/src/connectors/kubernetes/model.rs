//! The fields of workloads, ReplicaSets and pods that are read, as the API reference of Kubernetes
//! names them (`apps/v1`, `v1`). Nothing of a pod's environment is.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use passport_kubernetes_api::{Item, LabelSelector};
use serde::{Deserialize, de::IgnoredAny};

/// Which revision of its pod template a Deployment, or a ReplicaSet of one, is of.
const REVISION: &str = "deployment.kubernetes.io/revision";
/// Which revision of its pod template a pod of a StatefulSet is of.
const REVISION_HASH: &str = "controller-revision-hash";
/// An init container that runs on beside the others.
const SIDECAR: &str = "Always";

/// Whose an object is.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Metadata {
    pub namespace: Option<String>,
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
    pub spec: PodSpec,
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
#[derive(Debug, Clone, Deserialize)]
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

/// A pod.
#[derive(Debug, Clone, Deserialize)]
pub struct Pod {
    pub metadata: Metadata,
    pub spec: PodSpec,
    #[serde(default)]
    pub status: PodStatus,
}

/// The containers of a pod.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PodSpec {
    pub containers: Vec<Container>,
    pub init_containers: Option<Vec<Container>>,
}

/// A container as it shall be. Its environment is not read.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Container {
    pub name: String,
    pub restart_policy: Option<String>,
}

/// How a pod is.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PodStatus {
    pub phase: Option<String>,
    pub start_time: Option<DateTime<Utc>>,
    pub conditions: Option<Vec<Condition>>,
    pub container_statuses: Option<Vec<ContainerStatus>>,
    pub init_container_statuses: Option<Vec<ContainerStatus>>,
}

/// How a container is.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContainerStatus {
    pub name: String,
    pub ready: Option<bool>,
    /// Ever since the pod is.
    pub restart_count: u32,
    /// Empty before it was started.
    #[serde(rename = "imageID")]
    pub image_id: Option<String>,
    #[serde(default)]
    pub state: ContainerState,
    #[serde(default)]
    pub last_state: ContainerState,
}

/// What a container does: one of these.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct ContainerState {
    pub running: Option<IgnoredAny>,
    pub waiting: Option<Waiting>,
    pub terminated: Option<Terminated>,
}

/// Why a container does not run yet.
#[derive(Debug, Clone, Deserialize)]
pub struct Waiting {
    pub reason: Option<String>,
}

/// How a container ended.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Terminated {
    pub exit_code: i64,
    pub finished_at: Option<DateTime<Utc>>,
}

impl Item for ReplicaSet {
    fn namespace(&self) -> Option<&str> {
        self.metadata.namespace.as_deref()
    }
}

impl Item for Pod {
    fn namespace(&self) -> Option<&str> {
        self.metadata.namespace.as_deref()
    }
}

// === impl Metadata ===

impl Metadata {
    /// Whether an object of this id controls it.
    pub fn is_of(&self, uid: &str) -> bool {
        let mut owners = self.owner_references.iter().flatten();
        owners.any(|it| it.controller == Some(true) && it.uid == uid)
    }

    /// The revision of a Deployment, or of a ReplicaSet of one.
    pub fn revision(&self) -> Option<&str> {
        self.annotations.as_ref()?.get(REVISION).map(String::as_str)
    }

    /// The revision of a pod of a StatefulSet.
    pub fn revision_hash(&self) -> Option<&str> {
        self.labels.as_ref()?.get(REVISION_HASH).map(String::as_str)
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

// === impl Pod ===

impl Pod {
    pub fn is_being_deleted(&self) -> bool {
        self.metadata.deletion_timestamp.is_some()
    }

    /// Whether it runs no more, and never will again.
    pub fn has_ended(&self) -> bool {
        matches!(self.status.phase.as_deref(), Some("Failed" | "Succeeded"))
    }

    /// The names of the containers that run as long as the pod does.
    pub fn lasting(&self) -> impl Iterator<Item = &str> {
        let sidecars = self.spec.init_containers.iter().flatten();
        let sidecars = sidecars.filter(|it| it.restart_policy.as_deref() == Some(SIDECAR));
        let all = self.spec.containers.iter().chain(sidecars);
        all.map(|it| it.name.as_str())
    }

    /// The status of each container that is to end before the others start.
    pub fn initial(&self) -> impl Iterator<Item = &ContainerStatus> {
        let statuses = self.status.init_container_statuses.iter().flatten();
        statuses.filter(|it| !self.lasting().any(|name| name == it.name))
    }

    /// What is said of a container that lasts: once, as long as nothing is wrong.
    pub fn statuses_of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a ContainerStatus> {
        let main = self.status.container_statuses.iter().flatten();
        let initial = self.status.init_container_statuses.iter().flatten();
        main.chain(initial).filter(move |it| it.name == name)
    }

    /// The status of its condition of this kind, of several the one that is not true.
    pub fn condition(&self, kind: &str) -> Option<&str> {
        let all = self.status.conditions.iter().flatten();
        let of_kind = all.filter(|it| it.kind == kind);
        let statuses = of_kind.map(|it| it.status.as_str());
        statuses.min_by_key(|it| *it == "True")
    }
}
