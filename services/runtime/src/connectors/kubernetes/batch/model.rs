//! The fields of Jobs and CronJobs that are read, as the API reference of Kubernetes names them
//! (`batch/v1`).

use chrono::{DateTime, Utc};
use passport_kubernetes_api::LabelSelector;
use serde::{Deserialize, de::IgnoredAny};

use crate::cluster::workload::{Condition, Metadata, Template};

/// A Job.
#[derive(Debug, Clone, Deserialize)]
pub struct Job {
    pub metadata: Metadata,
    pub spec: JobSpec,
    #[serde(default)]
    pub status: JobStatus,
}

/// What a Job shall do. Its pod template never changes.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JobSpec {
    /// How many pods must succeed; `None`: any one.
    pub completions: Option<u32>,
    /// How many pods run at once; none of them is a pause.
    pub parallelism: Option<u32>,
    /// How many pods may fail.
    pub backoff_limit: Option<u32>,
    /// Counts failures by index, and not over all.
    pub backoff_limit_per_index: Option<u32>,
    /// Some failures may not count.
    pub pod_failure_policy: Option<IgnoredAny>,
    pub suspend: Option<bool>,
    pub selector: Option<LabelSelector>,
    pub template: Template,
}

/// What a Job's controller last saw. Counts that are left out are zero.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JobStatus {
    pub conditions: Option<Vec<Condition>>,
    pub start_time: Option<DateTime<Utc>>,
    /// Only of a Job that is complete.
    pub completion_time: Option<DateTime<Utc>>,
    pub active: Option<u32>,
    pub succeeded: Option<u32>,
    pub failed: Option<u32>,
}

/// A CronJob.
#[derive(Debug, Clone, Deserialize)]
pub struct CronJob {
    pub metadata: Metadata,
    pub spec: CronJobSpec,
    #[serde(default)]
    pub status: CronJobStatus,
}

/// When a CronJob makes Jobs. The schedule is not read: what ran is what the Jobs say.
#[derive(Debug, Clone, Deserialize)]
pub struct CronJobSpec {
    pub suspend: Option<bool>,
}

/// What a CronJob's controller last did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CronJobStatus {
    /// For when the last Job was made.
    pub last_schedule_time: Option<DateTime<Utc>>,
    /// When the last Job that succeeded ended.
    pub last_successful_time: Option<DateTime<Utc>>,
}

// === impl JobStatus ===

impl JobStatus {
    /// Pods that run, that succeeded and that failed.
    pub fn pods(&self) -> [u32; 3] {
        [self.active, self.succeeded, self.failed].map(Option::unwrap_or_default)
    }
}
