//! What sources of this collector want of the facts that they share.

use passport_connector_sdk::{Builder, settings::ThresholdText};
use passport_evidence::{Limits, Threshold, Unit};
use schemars::JsonSchema;
use serde::Deserialize;

const NO_RESTARTS: &str = "<= 0";

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
        let text = self.recent_restarts.as_deref().unwrap_or(NO_RESTARTS);
        let parsed = text.parse::<Threshold>();
        let parsed = parsed.and_then(|it| it.in_unit(Unit::Count));
        let reason = match parsed {
            Ok(threshold) if threshold.wants_less() == Some(true) => return Some(threshold.into()),
            Ok(_) => "is no limit from above".to_owned(),
            Err(error) => error.to_string(),
        };
        let fix = "write one such as `<= 0` or `< 3`";
        builder.problem("thresholds.recent_restarts", reason, fix);
        None
    }
}
