//! The fields of allocations that are read, as Nomad's HTTP API names them, and what they say of a
//! task group's tasks.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike as _, Utc};
use passport_connector_sdk::Object;
use passport_evidence::freshness::SKEW;
use serde::Deserialize;

/// A task group that was placed on a node ("Jobs HTTP API", list job allocations).
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Allocation {
    #[serde(rename = "ID")]
    pub id: String,
    /// Job, task group and index; its checks repeat it.
    pub name: Option<String>,
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
    /// When it last began to run.
    pub started_at: Option<DateTime<Utc>>,
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
    /// When that was found, once.
    timestamp: Option<DateTime<Utc>>,
}

/// What was found of an allocation's health.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// All its checks passed then.
    HealthyAt(DateTime<Utc>),
    /// They did not, or a task failed.
    Unhealthy,
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

    /// What was found of its health at its deployment; `None`: nobody said anything of what runs now.
    pub fn verdict(&self, now: DateTime<Utc>) -> Option<Verdict> {
        let status = self.deployment_status.as_ref()?;
        match status.healthy? {
            true => {
                let at = status.timestamp.filter(|it| self.is_as_found(*it, now))?;
                Some(Verdict::HealthyAt(at))
            }
            false => Some(Verdict::Unhealthy),
        }
    }

    /// Whether all its tasks run as they did then: what was found says nothing of a task that was started
    /// after that.
    pub fn is_as_found(&self, then: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        let tasks = self.task_states.iter().flat_map(BTreeMap::values);
        let begun = tasks.flat_map(|it| [it.started_at, it.last_restart]);
        let is_time = then.year() > 1 && then.signed_duration_since(now) <= SKEW;
        is_time && begun.flatten().all(|it| it <= then)
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
