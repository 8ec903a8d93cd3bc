//! The fields of a Rollout that are read, as its custom resource definition names them. Messages are
//! not read: they quote queries and addresses.

use passport_kubernetes_api::LabelSelector;
use serde::{Deserialize, de::IgnoredAny};

use super::strategy::{Step, Strategy};
use crate::cluster::workload::{Metadata, Template};

/// Counts the pod templates of a Rollout; an analysis run has that of its own.
const REVISION: &str = "rollout.argoproj.io/revision";
/// Generation of the Deployment that a Rollout refers to.
const WORKLOAD_GENERATION: &str = "rollout.argoproj.io/workload-generation";

/// A Rollout.
#[derive(Debug, Clone, Deserialize)]
pub struct Rollout {
    pub metadata: Metadata,
    pub spec: Spec,
    /// What its controller last saw.
    #[serde(default)]
    pub status: Status,
}

/// What a Rollout shall be.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Spec {
    /// One, where it is not said.
    pub replicas: Option<u32>,
    pub selector: Option<LabelSelector>,
    /// Absent in one that refers to a Deployment.
    pub template: Option<Template>,
    /// The Deployment that has the template.
    pub workload_ref: Option<IgnoredAny>,
    /// A person paused it.
    pub paused: Option<bool>,
    /// When its pods shall be restarted.
    pub restart_at: Option<String>,
    #[serde(default)]
    pub strategy: Strategy,
}

/// What the controller last saw. Counts that are left out are zero.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// The generation that the rest is about. A text.
    observed_generation: Option<String>,
    /// The same of the Deployment that it refers to.
    workload_observed_generation: Option<String>,
    pub phase: Option<String>,
    pub abort: Option<bool>,
    /// What is left of the steps is left out.
    pub promote_full: Option<bool>,
    pub controller_pause: Option<bool>,
    pub pause_conditions: Option<Vec<PauseCondition>>,
    current_pod_hash: Option<String>,
    #[serde(rename = "stableRS")]
    stable_rs: Option<String>,
    pub current_step_index: Option<i64>,
    pub replicas: Option<u32>,
    pub updated_replicas: Option<u32>,
    pub available_replicas: Option<u32>,
    #[serde(rename = "HPAReplicas")]
    pub hpa_replicas: Option<u32>,
    pub restarted_at: Option<String>,
    pub conditions: Option<Vec<Condition>>,
    canary: Option<CanaryStatus>,
}

/// What the controller says of one side of its work. Its message is not read.
#[derive(Debug, Clone, Deserialize)]
pub struct Condition {
    #[serde(rename = "type")]
    pub kind: String,
    pub status: String,
    pub reason: Option<String>,
}

/// Why the controller paused.
#[derive(Debug, Clone, Deserialize)]
pub struct PauseCondition {
    pub reason: String,
}

#[derive(Debug, Clone, Deserialize)]
struct CanaryStatus {
    weights: Option<Weights>,
}

#[derive(Debug, Clone, Deserialize)]
struct Weights {
    /// Whether the traffic was seen to be split so; absent where nobody looks.
    verified: Option<bool>,
    canary: Option<Weight>,
}

#[derive(Debug, Clone, Deserialize)]
struct Weight {
    /// In percent.
    weight: Option<i64>,
}

/// What a status says of the generation that is wanted now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Observed {
    /// It is about this one.
    Current,
    /// It is about an older one, or none yet.
    Behind,
    /// It is of a controller before 1.0, which does not tell.
    TooOld,
    /// The object does not say which generation it is.
    Untold,
}

// === impl Rollout ===

impl Rollout {
    /// What must not have moved while the rest was read.
    pub fn anchor(&self) -> impl PartialEq + '_ {
        let Self {
            metadata, status, ..
        } = self;
        let generations = (
            metadata.generation,
            &status.observed_generation,
            &status.workload_observed_generation,
        );
        let hashes = (&status.current_pod_hash, &status.stable_rs);
        let state = (&status.phase, status.abort, status.promote_full);
        (&metadata.uid, self.revision(), generations, hashes, state)
    }

    /// Of the pod template that is rolled out.
    pub fn hash(&self) -> Option<&str> {
        let hash = self.status.current_pod_hash.as_deref();
        hash.filter(|it| !it.is_empty())
    }

    /// Whether what is rolled out is what is stable.
    pub fn is_promoted(&self) -> bool {
        self.hash().is_some() && self.hash() == self.status.stable_rs.as_deref()
    }

    /// Number of the pod template that is rolled out.
    pub fn revision(&self) -> Option<&str> {
        self.metadata.annotation(REVISION)
    }

    /// Whether the controller has seen what is wanted now, of the Deployment too that it refers to.
    pub fn observed(&self) -> Observed {
        let Some(generation) = self.metadata.generation else {
            return Observed::Untold;
        };
        match self.status.observed_generation.as_deref() {
            None | Some("") => Observed::Behind,
            Some(text) => match text.parse::<i64>() {
                Ok(seen) if seen < generation => Observed::Behind,
                Ok(seen) if seen == generation => self.observed_workload(),
                // It was a hash once, which may be a number.
                Ok(_) | Err(_) => Observed::TooOld,
            },
        }
    }

    fn observed_workload(&self) -> Observed {
        let wanted = self.metadata.annotation(WORKLOAD_GENERATION);
        let seen = self.status.workload_observed_generation.as_deref();
        match self.spec.workload_ref.is_some() && wanted.is_some() && wanted != seen {
            true => Observed::Behind,
            false => Observed::Current,
        }
    }

    /// Whether pods are being restarted.
    pub fn is_restarting(&self) -> bool {
        let wanted = self.spec.restart_at.as_ref();
        wanted.is_some() && wanted != self.status.restarted_at.as_ref()
    }

    /// The steps. Empty where it is not rolled out in steps.
    pub fn steps(&self) -> &[Step] {
        self.spec.strategy.steps()
    }

    /// The step that it is at.
    pub fn current_step(&self) -> Option<&Step> {
        let index = usize::try_from(self.status.current_step_index?).ok()?;
        self.steps().get(index)
    }

    /// Whether the traffic was seen not to be split as it shall be.
    pub fn is_unverified(&self) -> bool {
        self.weights().is_some_and(|it| it.verified == Some(false))
    }

    /// Which share of the traffic goes to what is new, in percent; `None`: nothing routes it.
    pub fn canary_weight(&self) -> Option<i64> {
        self.weights()?.canary.as_ref()?.weight
    }

    fn weights(&self) -> Option<&Weights> {
        self.status.canary.as_ref()?.weights.as_ref()
    }
}
