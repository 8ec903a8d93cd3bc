//! Which workload a source reads.

use passport_connector_sdk::Builder;
use schemars::JsonSchema;
use serde::Deserialize;

/// Longest DNS label.
const MAX_LABEL: usize = 63;
/// Longest name of a workload.
const MAX_NAME: usize = 253;

/// The narrow target: one workload.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopeSettings {
    /// The namespace.
    pub namespace: String,
    /// The workload's kind.
    pub kind: Kind,
    /// The workload's name.
    pub name: String,
}

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

// === impl ScopeSettings ===

impl ScopeSettings {
    /// Whether it names one workload; problems otherwise.
    pub fn check(&self, builder: &mut Builder<'_>) -> bool {
        let checks = [
            ("scope.namespace", is_label(&self.namespace)),
            ("scope.name", is_name(&self.name)),
        ];
        for (key, _) in checks.iter().filter(|(_, fits)| !fits) {
            let reason = "names no one thing: empty, a pattern, or more than its name";
            let fix = "write the exact name of one; a whole namespace is never read";
            builder.problem(*key, reason, fix);
        }
        checks.iter().all(|(_, fits)| *fits)
    }
}

/// A DNS label, as namespaces and containers are named.
pub fn is_label(name: &str) -> bool {
    name.len() <= MAX_LABEL && !name.contains('.') && is_name(name)
}

/// A DNS subdomain, as workloads are named.
fn is_name(name: &str) -> bool {
    let inner =
        |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || matches!(it, '-' | '.');
    let ends = |it: char| it == '-' || it == '.';
    (1..=MAX_NAME).contains(&name.len())
        && name.chars().all(inner)
        && !name.starts_with(ends)
        && !name.ends_with(ends)
}
