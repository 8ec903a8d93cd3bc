//! The fields of allocations that are read, as Nomad's HTTP API names them, and what they say of a
//! task group's tasks.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use passport_connector_sdk::Object;
use serde::Deserialize;

/// A task group that was placed on a node ("Jobs HTTP API", list job allocations).
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Allocation {
    #[serde(rename = "ID")]
    pub id: String,
    pub namespace: String,
    #[serde(rename = "JobID")]
    pub job_id: String,
    pub job_version: u64,
    pub task_group: String,
    /// What the servers want of it.
    pub desired_status: String,
    /// What its node last told.
    pub client_status: String,
    /// None before its node took it.
    pub task_states: Option<BTreeMap<String, Object<TaskState>>>,
    deployment_status: Option<Object<DeploymentStatus>>,
    reschedule_tracker: Option<Object<RescheduleTracker>>,
}

/// How a task is.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TaskState {
    pub state: String,
    pub failed: bool,
    pub restarts: Option<u64>,
    pub last_restart: Option<DateTime<Utc>>,
    /// The last ten.
    pub events: Option<Vec<Object<TaskEvent>>>,
}

/// What happened to a task. Its message is not read.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TaskEvent {
    #[serde(rename = "Type")]
    pub kind: String,
    /// Nanoseconds since 1970.
    pub time: Option<i64>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DeploymentStatus {
    healthy: Option<bool>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RescheduleTracker {
    events: Option<Vec<Object<Reschedule>>>,
}

/// That an allocation took the place of another.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Reschedule {
    /// Nanoseconds since 1970.
    pub reschedule_time: i64,
    #[serde(rename = "PrevAllocID")]
    pub previous: Option<String>,
}

// === impl Allocation ===

impl Allocation {
    /// Whether the servers want it to run.
    pub fn should_run(&self) -> bool {
        self.desired_status == "run"
    }

    /// Whether it runs, as far as its node told.
    pub fn runs(&self) -> bool {
        self.client_status == "running"
    }

    /// Whether its node has not been heard of.
    pub fn is_disconnected(&self) -> bool {
        self.client_status == "unknown"
    }

    /// Whether it was found healthy; `None`: nobody said.
    pub fn is_healthy(&self) -> Option<bool> {
        self.deployment_status.as_ref()?.healthy
    }

    /// The allocations whose places it took, one after the other.
    pub fn reschedules(&self) -> &[Object<Reschedule>] {
        let tracker = self.reschedule_tracker.as_ref();
        let events = tracker.and_then(|it| it.events.as_deref());
        events.unwrap_or_default()
    }
}

/// A time of the API, in nanoseconds since 1970; `None` for what stands for no time.
pub fn time(nanoseconds: i64) -> Option<DateTime<Utc>> {
    (nanoseconds > 0).then(|| DateTime::from_timestamp_nanos(nanoseconds))
}
