//! The fields of a Canary that are read, as its custom resource definition names them. Messages of
//! conditions are not read: they say that an analysis was completed where it was left out.

use chrono::{DateTime, Utc};
use passport_kubernetes_api::is_name;
use serde::{Deserialize, de::IgnoredAny};

use crate::cluster::{Kind, workload::Metadata};

/// A Canary.
#[derive(Debug, Clone, Deserialize)]
pub struct Canary {
    pub metadata: Metadata,
    pub spec: Spec,
    /// What Flagger last said.
    #[serde(default)]
    pub status: Status,
}

/// What a Canary shall be.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Spec {
    pub target_ref: TargetRef,
    skip_analysis: Option<bool>,
    /// Flagger leaves it alone.
    suspend: Option<bool>,
    /// Without it nothing is analysed.
    pub analysis: Option<Analysis>,
}

/// What is rolled out.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TargetRef {
    api_version: String,
    kind: String,
    pub name: String,
}

/// How it is analysed.
#[derive(Debug, Clone, Deserialize)]
pub struct Analysis {
    /// How often.
    pub interval: Option<String>,
    /// How many failed checks end it.
    threshold: Option<u32>,
    /// How often it is repeated before a promotion, where traffic is not moved step by step.
    pub iterations: Option<u32>,
    metrics: Option<Vec<IgnoredAny>>,
    webhooks: Option<Vec<IgnoredAny>>,
}

/// What Flagger last said.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    pub phase: Option<String>,
    /// In percent.
    pub canary_weight: Option<u32>,
    pub failed_checks: Option<u32>,
    /// Repetitions of the analysis that are over.
    pub iterations: Option<u32>,
    conditions: Option<Vec<Condition>>,
    last_applied_spec: Option<String>,
    last_promoted_spec: Option<String>,
    /// Renewed whenever Flagger writes the status.
    pub last_transition_time: Option<DateTime<Utc>>,
}

/// What Flagger says of one side of its work.
#[derive(Debug, Clone, Deserialize)]
struct Condition {
    #[serde(rename = "type")]
    kind: Option<String>,
    status: Option<String>,
}

/// What kind of target a Canary has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A workload with pods of its own, and a primary beside it.
    Workload(Kind),
    /// A Service, which has neither.
    Service,
    /// Nothing that Flagger documents.
    Unrecognized,
}

// === impl Canary ===

impl Canary {
    /// What must not have moved while the rest was read.
    pub fn anchor(&self) -> impl PartialEq + '_ {
        let Self {
            metadata, status, ..
        } = self;
        let specs = (&status.last_applied_spec, &status.last_promoted_spec);
        (&metadata.uid, metadata.generation, &status.phase, specs)
    }

    /// What kind of target it has.
    pub fn target(&self) -> Target {
        let target = &self.spec.target_ref;
        let is_of_apps = target.api_version.starts_with("apps/") && is_name(&target.name);
        match target.kind.as_str() {
            "Deployment" if is_of_apps => Target::Workload(Kind::Deployment),
            "DaemonSet" if is_of_apps => Target::Workload(Kind::DaemonSet),
            "Service" => Target::Service,
            _ => Target::Unrecognized,
        }
    }

    /// Name of the workload that serves.
    pub fn primary(&self) -> String {
        format!("{}-primary", self.spec.target_ref.name)
    }

    /// Whether what was applied last is what was promoted last; `None`: that is not told.
    pub fn is_promoted(&self) -> Option<bool> {
        let applied = self.status.last_applied_spec.as_ref()?;
        let promoted = self.status.last_promoted_spec.as_ref()?;
        (!applied.is_empty()).then(|| applied == promoted)
    }

    /// Whether Flagger says beside its phase that it did not promote. That it did proves nothing: it says so
    /// where the analysis was left out, too.
    pub fn denies_promotion(&self) -> bool {
        let mut conditions = self.status.conditions.iter().flatten();
        let denies = |it: &Condition| it.status.as_deref() != Some("True");
        conditions.any(|it| it.kind.as_deref() == Some("Promoted") && denies(it))
    }

    /// Whether nothing is analysed.
    pub fn skips_analysis(&self) -> bool {
        self.spec.skip_analysis == Some(true) || self.spec.analysis.is_none()
    }

    /// Whether Flagger leaves it alone.
    pub fn is_suspended(&self) -> bool {
        self.spec.suspend == Some(true)
    }

    /// Whether an analysis checks anything.
    pub fn checks_anything(&self) -> bool {
        let analysis = self.spec.analysis.as_ref();
        analysis.is_some_and(|it| {
            let mut checks = [&it.metrics, &it.webhooks].into_iter().flatten();
            checks.any(|it| !it.is_empty())
        })
    }

    /// How many failed checks end an analysis: one, where nothing is set.
    pub fn threshold(&self) -> u32 {
        let threshold = self.spec.analysis.as_ref().and_then(|it| it.threshold);
        threshold.unwrap_or_default().max(1)
    }
}
