//! What kind of system a source is.

use schemars::JsonSchema;
use serde::Deserialize;

/// What kind of system a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names are the categories' own words")]
pub enum Category {
    CiCd,
    Gitops,
    Runtime,
    Rollout,
    Metrics,
    Observability,
    Logs,
    Errors,
    Incidents,
    WorkItem,
    Change,
    Communication,
    Quality,
    Security,
    Differentiator,
    Custom,
}
