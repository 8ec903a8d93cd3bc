//! What sources of this collector want of the facts that they share.

use passport_connector_sdk::{Builder, settings::ThresholdText};
use passport_evidence::Limits;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::restarts;

/// What is wanted of the facts.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// Restarts within the window, such as `<= 2`. Default: `<= 0`.
    pub recent_restarts: Option<ThresholdText>,
}

// === impl Thresholds ===

impl Thresholds {
    /// Only a limit from above can be met by what is known of restarts.
    pub fn restarts(&self, builder: &mut Builder<'_>) -> Option<Limits> {
        restarts::limits(self.recent_restarts.as_ref(), builder)
    }
}
