//! Kinds of workloads.

use schemars::JsonSchema;
use serde::Deserialize;

/// Kinds of workloads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum Kind {
    /// Pods of which one is like another.
    Deployment,
    /// Pods with a number each.
    StatefulSet,
    /// A pod on each node.
    DaemonSet,
}

// === impl Kind ===

impl Kind {
    /// As the object names it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Deployment => "Deployment",
            Self::StatefulSet => "StatefulSet",
            Self::DaemonSet => "DaemonSet",
        }
    }

    /// As it stands in paths and roles.
    pub fn resource(self) -> &'static str {
        match self {
            Self::Deployment => "deployments",
            Self::StatefulSet => "statefulsets",
            Self::DaemonSet => "daemonsets",
        }
    }
}
