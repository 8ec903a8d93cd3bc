//! Which workload a source reads.

use passport_connector_sdk::Builder;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::cluster::{Kind, settings::names_one};

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

// === impl ScopeSettings ===

impl ScopeSettings {
    /// Whether it names one workload; problems otherwise.
    pub fn check(&self, builder: &mut Builder<'_>) -> bool {
        names_one(builder, &self.namespace, &self.name)
    }
}
