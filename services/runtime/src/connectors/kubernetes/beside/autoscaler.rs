//! Whether an autoscaler still has room, after the page "Horizontal Pod Autoscaling", its part about the
//! conditions of a status, and the API reference (`autoscaling/v2`).

use passport_evidence::{Fact, Meaning, Reason, StateTable};
use serde::Deserialize;

use super::AUTOSCALER_LIMITS;
use crate::{
    cluster::workload::{Condition, Metadata},
    connectors::kubernetes::conditions::condition,
};

/// Group of the workloads that are read.
const APPS: &str = "apps";

const STATES: StateTable = StateTable::new(&[
    ("within_limits", Meaning::Passed),
    // Less load than its fewest pods are for, and more pods than are needed while they are taken away in steps.
    ("at_minimum", Meaning::Passed),
    ("scaling_down", Meaning::Passed),
    ("at_maximum", Meaning::Warning(Reason::Degraded)),
    ("scaling_up", Meaning::Warning(Reason::Degraded)),
    ("not_observed", Meaning::Pending(Reason::InProgress)),
    ("inactive", Meaning::Failed(Reason::BadState)),
    ("unable", Meaning::Failed(Reason::BadState)),
    ("terminating", Meaning::Failed(Reason::BadState)),
]);

/// A HorizontalPodAutoscaler.
#[derive(Debug, Clone, Deserialize)]
pub struct Autoscaler {
    metadata: Metadata,
    spec: Spec,
    #[serde(default)]
    status: Status,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Spec {
    scale_target_ref: Target,
    max_replicas: u32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Target {
    api_version: Option<String>,
    kind: String,
    name: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    observed_generation: Option<i64>,
    /// Left out where there is none.
    current_replicas: Option<u32>,
    /// Always there once the controller has looked.
    desired_replicas: Option<u32>,
    conditions: Option<Vec<Condition>>,
}

// === impl Autoscaler ===

impl Autoscaler {
    /// Whether it scales this workload.
    pub fn scales(&self, kind: &str, name: &str) -> bool {
        let target = &self.spec.scale_target_ref;
        let group = target.api_version.as_deref().unwrap_or_default();
        let is_of_apps = group.split_once('/').is_some_and(|it| it.0 == APPS);
        is_of_apps && target.kind == kind && target.name == name
    }

    /// Whether its controller has seen what is wanted now. Most servers that run today number no
    /// changes of an autoscaler: there it can't be told, and its controller looks every 15 seconds.
    fn is_observed(&self) -> bool {
        self.metadata.generation == self.status.observed_generation
    }

    fn is_at_maximum(&self, desired: u32) -> bool {
        let current = self.status.current_replicas.unwrap_or_default();
        current.max(desired) >= self.spec.max_replicas
    }
}

/// The fact.
pub fn fact(autoscaler: &Autoscaler) -> Fact {
    match state(autoscaler) {
        Ok(word) => Fact::state(AUTOSCALER_LIMITS, word, &STATES),
        Err(reason) => Fact::unknown(AUTOSCALER_LIMITS, reason),
    }
}

/// The first that is so, or why nothing can be told.
fn state(autoscaler: &Autoscaler) -> Result<&'static str, Reason> {
    let status = &autoscaler.status;
    if autoscaler.metadata.deletion_timestamp.is_some() {
        return Ok("terminating");
    }
    if !autoscaler.is_observed() {
        return Ok("not_observed");
    }
    let all = status.conditions.as_deref().unwrap_or_default();
    let found = |kind| condition(all, kind);
    let (able, active) = (found("AbleToScale")?, found("ScalingActive")?);
    let limited = found("ScalingLimited")?;
    let is = |it: Option<&Condition>, wanted: &str| it.is_some_and(|it| it.status == wanted);
    if is(active, "False") {
        return Ok("inactive");
    }
    if is(able, "False") {
        return Ok("unable");
    }
    let desired = status.desired_replicas.ok_or(Reason::NoData)?;
    if autoscaler.is_at_maximum(desired) {
        return Ok("at_maximum");
    }
    let (true, true, Some(limited)) = (is(active, "True"), is(able, "True"), limited) else {
        return Err(untold([active, able, limited]));
    };
    match (limited.status.as_str(), limited.reason.as_deref()) {
        ("False", _) => Ok("within_limits"),
        ("True", Some("TooManyReplicas")) => Ok("at_maximum"),
        ("True", Some("TooFewReplicas")) => Ok("at_minimum"),
        ("True", Some("ScaleUpLimit")) => Ok("scaling_up"),
        ("True", Some("ScaleDownLimit")) => Ok("scaling_down"),
        _ => Err(Reason::UnrecognizedState),
    }
}

/// A condition that is missing, or one that says neither yes nor no.
fn untold(conditions: [Option<&Condition>; 3]) -> Reason {
    match conditions.iter().all(Option::is_some) {
        true => Reason::UnrecognizedState,
        false => Reason::NoData,
    }
}
