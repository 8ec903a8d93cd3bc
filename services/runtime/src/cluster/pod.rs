//! The fields of pods that are read, as the API reference of Kubernetes names them (`v1`). Nothing of
//! a pod's environment is.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, de::IgnoredAny};

use super::workload::{Condition, Metadata};

/// An init container that runs on beside the others.
const SIDECAR: &str = "Always";

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
    pub image: Option<String>,
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
    /// In one word. The message beside it is not read.
    pub reason: Option<String>,
    pub finished_at: Option<DateTime<Utc>>,
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

/// How many pods these are, whatever is listed twice.
pub fn different<'a>(pods: impl Iterator<Item = &'a Pod>) -> usize {
    let ids: BTreeSet<_> = pods.map(|it| it.metadata.uid.as_str()).collect();
    ids.len()
}
