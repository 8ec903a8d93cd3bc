//! Which workload, Job or CronJob a source reads.

use passport_connector_sdk::Builder;
use schemars::JsonSchema;
use serde::Deserialize;

use super::batch::{self, BATCH};
use crate::cluster::{self, settings::names_one};

const APPS: &str = "apps";

/// The narrow target: one workload, Job or CronJob.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopeSettings {
    /// The namespace.
    pub namespace: String,
    /// The kind.
    pub kind: Kind,
    /// The name.
    pub name: String,
}

/// Kinds that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum Kind {
    /// Pods of which one is like another.
    Deployment,
    /// Pods with a number each.
    StatefulSet,
    /// A pod on each node.
    DaemonSet,
    /// Pods that end.
    Job,
    /// A Job now and then.
    CronJob,
}

/// What is asked of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// What lasts: how far its rollout is.
    Workload(cluster::Kind),
    /// What ends: whether it did, and well.
    Batch(batch::Kind),
}

// === impl ScopeSettings ===

impl ScopeSettings {
    /// Whether it names one thing; problems otherwise.
    pub fn check(&self, builder: &mut Builder<'_>) -> bool {
        names_one(builder, &self.namespace, &self.name)
    }
}

// === impl Kind ===

impl Kind {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Deployment,
        Self::StatefulSet,
        Self::DaemonSet,
        Self::Job,
        Self::CronJob,
    ];

    /// What is asked of it.
    pub fn target(self) -> Target {
        match self {
            Self::Deployment => Target::Workload(cluster::Kind::Deployment),
            Self::StatefulSet => Target::Workload(cluster::Kind::StatefulSet),
            Self::DaemonSet => Target::Workload(cluster::Kind::DaemonSet),
            Self::Job => Target::Batch(batch::Kind::Job),
            Self::CronJob => Target::Batch(batch::Kind::CronJob),
        }
    }

    /// Its API group.
    pub fn group(self) -> &'static str {
        match self.target() {
            Target::Workload(_) => APPS,
            Target::Batch(_) => BATCH,
        }
    }

    /// As the object names it.
    pub fn as_str(self) -> &'static str {
        match self.target() {
            Target::Workload(kind) => kind.as_str(),
            Target::Batch(batch::Kind::Job) => "Job",
            Target::Batch(batch::Kind::CronJob) => "CronJob",
        }
    }

    /// As it stands in paths and roles.
    pub fn resource(self) -> &'static str {
        match self.target() {
            Target::Workload(kind) => kind.resource(),
            Target::Batch(batch::Kind::Job) => batch::JOBS,
            Target::Batch(batch::Kind::CronJob) => "cronjobs",
        }
    }
}
