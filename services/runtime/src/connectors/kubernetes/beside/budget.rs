//! Whether pods may be taken away just now, after the page "Disruptions" and the API reference
//! (`policy/v1`).

use std::collections::BTreeMap;

use passport_evidence::{Fact, Meaning, Reason, StateTable};
use passport_kubernetes_api::LabelSelector;
use serde::Deserialize;

use super::DISRUPTION_BUDGET;
use crate::{
    cluster::workload::{Condition, Metadata},
    connectors::kubernetes::conditions::condition,
};

const STATES: StateTable = StateTable::new(&[
    ("disruptions_allowed", Meaning::Passed),
    ("no_disruptions_allowed", Meaning::Warning(Reason::Degraded)),
    ("not_observed", Meaning::Pending(Reason::InProgress)),
    ("too_few_healthy", Meaning::Failed(Reason::BadState)),
    ("terminating", Meaning::Failed(Reason::BadState)),
    ("no_pods", Meaning::Unknown(Reason::NoData)),
    // Its controller could not count.
    ("sync_failed", Meaning::Unknown(Reason::Unavailable)),
]);

/// A PodDisruptionBudget.
#[derive(Debug, Clone, Deserialize)]
pub struct Budget {
    metadata: Metadata,
    spec: Spec,
    status: Option<Status>,
}

#[derive(Debug, Clone, Deserialize)]
struct Spec {
    /// Without it no pod is covered; an empty one covers all of the namespace.
    selector: Option<LabelSelector>,
}

/// Of these the API leaves out none.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    observed_generation: Option<i64>,
    disruptions_allowed: u32,
    current_healthy: u32,
    desired_healthy: u32,
    expected_pods: u32,
    conditions: Option<Vec<Condition>>,
}

// === impl Budget ===

impl Budget {
    /// Whether it covers pods with these labels.
    pub fn covers(&self, labels: &BTreeMap<String, String>) -> bool {
        let selector = self.spec.selector.as_ref();
        selector.is_some_and(|it| it.picks(labels))
    }
}

/// The fact.
pub fn fact(budget: &Budget) -> Fact {
    match state(budget) {
        Ok(word) => Fact::state(DISRUPTION_BUDGET, word, &STATES),
        Err(reason) => Fact::unknown(DISRUPTION_BUDGET, reason),
    }
}

/// The first that is so, or why nothing can be told.
fn state(budget: &Budget) -> Result<&'static str, Reason> {
    if budget.metadata.deletion_timestamp.is_some() {
        return Ok("terminating");
    }
    let generation = budget.metadata.generation;
    let status = budget.status.as_ref();
    let observed = status.filter(|it| generation.is_some() && it.observed_generation == generation);
    let Some(status) = observed else {
        return Ok("not_observed");
    };
    let all = status.conditions.as_deref().unwrap_or_default();
    let said = condition(all, "DisruptionAllowed")?;
    match said.map(|it| (it.status.as_str(), it.reason.as_deref())) {
        Some(("False", Some("SyncFailed"))) => return Ok("sync_failed"),
        Some(("True" | "False", Some("SufficientPods" | "InsufficientPods"))) | None => {}
        Some(_) => return Err(Reason::UnrecognizedState),
    }
    if status.current_healthy < status.desired_healthy {
        return Ok("too_few_healthy");
    }
    match (status.expected_pods, status.disruptions_allowed) {
        (0, _) => Ok("no_pods"),
        (_, 0) => Ok("no_disruptions_allowed"),
        // What the controller says in a word must be what it counts.
        _ if said.is_some_and(|it| it.status != "True") => Err(Reason::Contradictory),
        _ => Ok("disruptions_allowed"),
    }
}
