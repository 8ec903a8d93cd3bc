//! What persons say of releases: waivers and approvals.

pub(super) mod approvals;
pub(super) mod waivers;

use schemars::JsonSchema;
use serde::Deserialize;

/// Why something ends before its time.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct RevokeBody {
    /// Why, in the person's own words, at most 1000 bytes.
    #[serde(default)]
    pub reason: String,
}
