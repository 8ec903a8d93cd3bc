//! The fields of jobs, deployments, summaries and evaluations that are read, as Nomad's HTTP API names
//! them. Nothing of a job's environment, templates and metadata is.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike as _, Utc};
use passport_connector_sdk::Object;
use serde::{Deserialize, de::IgnoredAny};
use serde_json::Value;

use super::services::Service;

/// A job, as its last registered version says ("Jobs HTTP API", read job).
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Job {
    #[serde(rename = "ID")]
    pub id: String,
    pub namespace: String,
    pub region: Option<String>,
    #[serde(rename = "Type")]
    pub kind: String,
    pub status: String,
    /// Whether somebody stopped it.
    pub stop: bool,
    /// Rises with each change of the specification.
    pub version: u64,
    /// Another one where the job was purged and registered anew.
    pub create_index: u64,
    /// Rises with each change of the specification, over all jobs.
    pub job_modify_index: u64,
    /// Whether it is one run of a parameterized job.
    pub dispatched: Option<bool>,
    pub parameterized_job: Option<IgnoredAny>,
    pub periodic: Option<IgnoredAny>,
    pub update: Option<Object<Update>>,
    pub task_groups: Vec<Object<TaskGroup>>,
}

/// How new versions replace old ones ("update" block).
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Update {
    pub health_check: Option<String>,
}

/// Tasks that run together.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TaskGroup {
    pub name: String,
    /// How many allocations of it are wanted. A system job has no use for it.
    pub count: u32,
    pub tasks: Vec<Object<Task>>,
    pub update: Option<Object<Update>>,
    pub services: Option<Vec<Object<Service>>>,
}

/// A task as it shall be.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Task {
    pub name: String,
    pub config: Option<Object<Config>>,
    pub lifecycle: Option<Object<Lifecycle>>,
    pub leader: Option<bool>,
    pub services: Option<Vec<Object<Service>>>,
}

/// What a task's driver is told. Each driver has its own keys.
#[derive(Debug, Clone, Deserialize)]
pub struct Config {
    image: Option<Value>,
}

/// When a task runs that is not a main one ("lifecycle" block).
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Lifecycle {
    pub hook: String,
    /// Whether it runs on beside the main tasks.
    pub sidecar: Option<bool>,
}

/// How one version of a job replaces another ("Deployments HTTP API").
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Deployment {
    #[serde(rename = "ID")]
    pub id: String,
    pub namespace: String,
    #[serde(rename = "JobID")]
    pub job_id: String,
    pub job_version: u64,
    pub job_create_index: u64,
    pub status: String,
    /// Read for what it says of a rollback, and never shown.
    pub status_description: Option<String>,
    pub task_groups: Option<BTreeMap<String, Object<GroupState>>>,
}

/// How far a deployment is with one task group.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GroupState {
    pub auto_promote: Option<bool>,
    pub promoted: Option<bool>,
    pub desired_canaries: u32,
    pub desired_total: u32,
    pub healthy_allocs: u32,
    require_progress_by: Option<DateTime<Utc>>,
}

/// How many allocations are in which state ("Jobs HTTP API", read job summary).
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Summary {
    pub namespace: String,
    #[serde(rename = "JobID")]
    pub job_id: String,
    pub summary: BTreeMap<String, Object<GroupSummary>>,
}

/// How many allocations of one task group are in which state.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GroupSummary {
    /// Wanted, and not placed yet.
    pub queued: u32,
    pub failed: u32,
    pub running: u32,
    pub starting: u32,
    pub lost: u32,
    /// Servers before clients could be disconnected have none.
    #[serde(default)]
    pub unknown: u32,
}

/// What a scheduler made of a change ("Evaluations HTTP API").
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Evaluation {
    pub namespace: String,
    #[serde(rename = "JobID")]
    pub job_id: String,
    pub status: String,
    /// Why allocations of a task group could not be placed.
    #[serde(rename = "FailedTGAllocs")]
    pub failed_groups: Option<BTreeMap<String, Object<Placement>>>,
}

/// Why allocations could not be placed.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Placement {
    /// What nodes have too little of.
    pub dimension_exhausted: Option<BTreeMap<String, IgnoredAny>>,
}

// === impl Job ===

impl Job {
    /// What must not have moved while the rest was read.
    pub fn anchor(&self) -> (u64, u64, u64) {
        (self.create_index, self.version, self.job_modify_index)
    }

    /// Whether others are made from it, while it runs nothing itself.
    pub fn is_parent(&self) -> bool {
        let is_template = self.parameterized_job.is_some() && self.dispatched != Some(true);
        is_template || self.periodic.is_some()
    }

    /// Whether its tasks are to end.
    pub fn is_batch(&self) -> bool {
        matches!(self.kind.as_str(), "batch" | "sysbatch")
    }

    /// Whether it runs once on each node.
    pub fn is_system(&self) -> bool {
        matches!(self.kind.as_str(), "system" | "sysbatch")
    }

    /// Whether it is over, by somebody's hand or by itself.
    pub fn is_over(&self) -> bool {
        self.stop || self.status == "dead"
    }

    /// The task group of this name.
    pub fn group(&self, name: &str) -> Option<&TaskGroup> {
        let mut groups = self.task_groups.iter();
        groups.find(|it| it.name == name).map(|it| &it.0)
    }

    /// Whether health is told of allocations of a group, by checks, which is Nomad's default.
    pub fn tells_health(&self, group: &str) -> bool {
        let of_group = self.group(group).and_then(|it| it.update.as_ref());
        let update = of_group.or(self.update.as_ref());
        update
            .is_some_and(|it| !matches!(it.health_check.as_deref(), Some("task_states" | "manual")))
    }
}

// === impl Task ===

impl Task {
    /// The image that the driver is told to run.
    pub fn image(&self) -> Option<&str> {
        self.config.as_ref()?.image.as_ref()?.as_str()
    }
}

// === impl GroupState ===

impl GroupState {
    /// Whether canaries run that nobody has promoted.
    pub fn is_unpromoted(&self) -> bool {
        self.desired_canaries > 0 && self.promoted != Some(true)
    }

    /// Whether a time by which it had to get ahead is over. One whose canaries are well waits for
    /// somebody, and is not late.
    pub fn is_overdue(&self, now: DateTime<Utc>) -> bool {
        let wanted = match self.is_unpromoted() {
            true => self.desired_canaries,
            false => self.desired_total,
        };
        // Go's zero time stands for none.
        let by = self.require_progress_by.filter(|it| it.year() > 1);
        self.healthy_allocs < wanted && by.is_some_and(|by| by < now)
    }
}

// === impl GroupSummary ===

impl GroupSummary {
    /// Placements that there should be of a system job.
    pub fn placements(&self) -> u32 {
        let all = [
            self.running,
            self.queued,
            self.starting,
            self.failed,
            self.lost,
        ];
        all.into_iter().fold(self.unknown, u32::saturating_add)
    }
}
