//! How often a Canary is looked at.

use chrono::TimeDelta;
use passport_kubernetes_api::duration;

/// Where none is set, or none that Flagger understands.
const USUAL: TimeDelta = TimeDelta::seconds(60);
/// No shorter one is kept.
const SHORTEST: TimeDelta = TimeDelta::seconds(10);

/// The interval that Flagger makes of a text.
pub fn of(text: Option<&str>) -> TimeDelta {
    text.and_then(duration).unwrap_or(USUAL).max(SHORTEST)
}
