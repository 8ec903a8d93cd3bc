//! What the controllers say of a service's autoscaler and of its budget of disruptions.

use anyhow::Result;
use serde_json::json;

use super::{
    Cluster,
    objects::{SHOP, now},
};

/// Says how many pods there shall be, and how many may be taken away.
///
/// # Errors
/// It could not be written.
pub fn beside(cluster: &Cluster, desired: u32, allowed: u32) -> Result<()> {
    let name = "checkout-api";
    let condition = |kind: &str, status: &str, reason: &str| {
        json!({
            "type": kind, "status": status, "reason": reason, "message": "as the test says",
            "lastTransitionTime": now(),
        })
    };
    let scaled = json!({
        "observedGeneration": 1, "currentReplicas": desired, "desiredReplicas": desired,
        "conditions": [
            condition("AbleToScale", "True", "ReadyForNewScale"),
            condition("ScalingActive", "True", "ValidMetricFound"),
            condition("ScalingLimited", "False", "DesiredWithinRange"),
        ],
    });
    cluster.report(SHOP, &format!("horizontalpodautoscalers/{name}"), &scaled)?;
    let (is_allowed, reason) = match allowed {
        0 => ("False", "InsufficientPods"),
        _ => ("True", "SufficientPods"),
    };
    let mut disruptable = condition("DisruptionAllowed", is_allowed, reason);
    disruptable["observedGeneration"] = json!(1);
    let kept = json!({
        "observedGeneration": 1, "disruptionsAllowed": allowed, "currentHealthy": 2,
        "desiredHealthy": 1, "expectedPods": 2, "conditions": [disruptable],
    });
    cluster.report(SHOP, &format!("poddisruptionbudgets/{name}"), &kept)
}
