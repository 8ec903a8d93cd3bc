//! The fields of an AnalysisRun that are read, as its custom resource definition names them. Values
//! and messages of measurements are not shown: they hold what a customer's queries gave.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::strategy::Analysis;
use crate::cluster::workload::Metadata;

const REVISION: &str = "rollout.argoproj.io/revision";
const TYPE: &str = "rollout-type";
const STEP: &str = "step-index";
const SUCCESSFUL: &str = "Successful";
/// What the controller writes on a measurement that it broke off, whose phase then says that it was
/// successful.
const TERMINATED: &str = "metric terminated";

/// An analysis, as it runs or ran.
#[derive(Debug, Clone, Deserialize)]
pub struct Run {
    pub metadata: Metadata,
    pub spec: RunSpec,
    #[serde(default)]
    pub status: RunStatus,
}

/// What a run shall measure.
#[derive(Debug, Clone, Deserialize)]
pub struct RunSpec {
    metrics: Option<Vec<Metric>>,
    /// It was broken off.
    pub terminate: Option<bool>,
}

#[derive(Debug, Clone, Deserialize)]
struct Metric {
    name: String,
}

/// How far a run is.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunStatus {
    pub phase: Option<String>,
    pub completed_at: Option<DateTime<Utc>>,
    pub metric_results: Option<Vec<MetricResult>>,
}

/// How far one metric of a run is.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MetricResult {
    pub name: String,
    pub phase: String,
    /// It is tried out only.
    pub dry_run: Option<bool>,
    successful: Option<i64>,
    measurements: Option<Vec<Measurement>>,
}

#[derive(Debug, Clone, Deserialize)]
struct Measurement {
    phase: String,
    message: Option<String>,
}

/// How much of what a successful run shall measure it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measured {
    /// Each metric that counts.
    All,
    /// Some of them, or it was broken off.
    Partly,
    /// None of them.
    Nothing,
    /// No metric counts: each is tried out only.
    DryRun,
    /// A metric that counts is said not to be successful.
    Contradictory,
    /// It does not say what it shall measure.
    Untold,
}

// === impl Run ===

impl Run {
    /// Number of the pod template that it is about.
    pub fn revision(&self) -> Option<&str> {
        self.metadata.annotation(REVISION)
    }

    /// Where in the rollout it stands, in words of our own.
    pub fn place(&self) -> String {
        let step = self.metadata.label(STEP);
        let step = step.and_then(|it| it.parse::<u32>().ok());
        match (self.metadata.label(TYPE), step) {
            (Some("Step"), Some(step)) => format!("step {step}"),
            (Some("Background"), _) => "background".to_owned(),
            (Some("PrePromotion"), _) => "before promotion".to_owned(),
            (Some("PostPromotion"), _) => "after promotion".to_owned(),
            (Some(_) | None, _) => "other".to_owned(),
        }
    }

    /// Whether it is a run of this analysis.
    pub fn is_of(&self, analysis: Analysis) -> bool {
        let kind = self.metadata.label(TYPE);
        match analysis {
            Analysis::Step(index) => {
                let step = self.metadata.label(STEP);
                kind == Some("Step") && step == Some(index.to_string().as_str())
            }
            Analysis::Background => kind == Some("Background"),
            Analysis::PrePromotion => kind == Some("PrePromotion"),
            Analysis::PostPromotion => kind == Some("PostPromotion"),
        }
    }

    /// How much was measured of a run that says that it was successful.
    pub fn measured(&self) -> Measured {
        let wanted = self.spec.metrics.as_deref().unwrap_or_default();
        let all = self.status.metric_results.as_deref().unwrap_or_default();
        let is_dry = |it: &&MetricResult| it.dry_run == Some(true);
        let counts = |name: &str| !all.iter().any(|it| it.name == name && is_dry(&it));
        let counting: Vec<_> = wanted.iter().filter(|it| counts(&it.name)).collect();
        let is_real = |it: &&&Metric| {
            let mut results = all.iter().filter(|found| found.name == it.name);
            results.any(MetricResult::is_real)
        };
        let real = counting.iter().filter(is_real).count();
        let contradicts = |it: &MetricResult| !is_dry(&it) && it.phase != SUCCESSFUL;
        match (wanted.is_empty(), counting.len()) {
            (true, _) => Measured::Untold,
            _ if all.iter().any(contradicts) => Measured::Contradictory,
            (_, 0) => Measured::DryRun,
            _ if real == 0 => Measured::Nothing,
            (_, all) if real == all && self.spec.terminate != Some(true) => Measured::All,
            _ => Measured::Partly,
        }
    }
}

// === impl MetricResult ===

impl MetricResult {
    /// Whether it rests on a measurement that was made.
    fn is_real(&self) -> bool {
        let mut all = self.measurements.iter().flatten();
        let made =
            |it: &Measurement| it.phase == SUCCESSFUL && it.message.as_deref() != Some(TERMINATED);
        self.successful.is_some_and(|it| it >= 1) && all.any(made)
    }
}
