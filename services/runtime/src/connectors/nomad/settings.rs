//! What stands under a source, and what is wrong with it.

use std::collections::BTreeSet;

use passport_connector_sdk::{Builder, secrets::SecretRef, settings::Span};
use passport_evidence::Limits;
use schemars::JsonSchema;
use serde::Deserialize;

use super::scope::{ScopeSettings, is_exact};
use crate::thresholds::Thresholds;

/// Shortest and longest window for restarts, in seconds.
const WINDOW_SECONDS: [u32; 2] = [60, 86_400];
/// Shortest and longest time for which a verdict may stand, in seconds: a minute, a year.
const HEALTH_SECONDS: [u32; 2] = [60, 31_536_000];

/// A Nomad source.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Any agent's HTTP API with its root path, if it has one.
    pub endpoint: String,
    /// ACL token that may list and read jobs of the one namespace.
    pub credential: SecretRef,
    /// The narrow target.
    pub scope: ScopeSettings,
    /// Task groups whose allocations count. Default: all of the job.
    pub task_groups: Option<BTreeSet<String>>,
    /// Task whose image is compared. Default: the leader, else the first task of the first group.
    pub task: Option<String>,
    /// The version that the job must have. Default: the subject's digests tell.
    pub expected_job_version: Option<u64>,
    /// Fewest available allocations, however few are desired.
    #[serde(default = "one")]
    pub min_replicas: u32,
    /// Fewest available allocations that are a warning only. Default: as many as are desired.
    pub min_available: Option<u32>,
    /// Whether a service job without a deployment leaves its rollout unknown.
    #[serde(default = "yes")]
    pub require_deployment: bool,
    /// How long the health that was found at the deployment stands, one minute to 365 days. Checks that
    /// Nomad makes itself are read anew each time.
    #[serde(default = "one_day")]
    pub max_health_age: Span,
    /// How long restarts count, one minute to one day.
    #[serde(default = "one_hour")]
    pub restart_window: Span,
    /// What is wanted of the facts.
    #[serde(default)]
    pub thresholds: Thresholds,
}

/// What a source wants, once its settings were checked.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Task groups that count; `None`: all.
    pub groups: Option<BTreeSet<String>>,
    /// Task whose image is compared; `None`: the leader or the first.
    pub task: Option<String>,
    /// The version that the job must have.
    pub version: Option<u64>,
    /// Fewest available allocations.
    pub min_replicas: u32,
    /// Fewest available allocations that are a warning only.
    pub min_available: Option<u32>,
    /// Whether a service job needs a deployment.
    pub require_deployment: bool,
    /// How long the health that was found at the deployment stands.
    pub max_health_age: Span,
    /// How long restarts count.
    pub restart_window: Span,
    /// How many restarts may be.
    pub restarts: Limits,
}

fn one() -> u32 {
    1
}

fn yes() -> bool {
    true
}

fn one_day() -> Span {
    Span::of_seconds(86_400)
}

fn one_hour() -> Span {
    Span::of_seconds(3_600)
}

// === impl Settings ===

impl Settings {
    /// What is wanted, or problems.
    pub fn wanted(&self, builder: &mut Builder<'_>) -> Option<Wanted> {
        let is_scope_sound = self.scope.check(builder);
        let are_names_sound = self.names_parts(builder);
        let are_numbers_sound = self.are_in_range(builder);
        let restarts = self.thresholds.restarts(builder)?;
        let sound = is_scope_sound && are_names_sound && are_numbers_sound;
        sound.then(|| Wanted {
            groups: self.task_groups.clone(),
            task: self.task.clone(),
            version: self.expected_job_version,
            min_replicas: self.min_replicas,
            min_available: self.min_available,
            require_deployment: self.require_deployment,
            max_health_age: self.max_health_age,
            restart_window: self.restart_window,
            restarts,
        })
    }

    fn names_parts(&self, builder: &mut Builder<'_>) -> bool {
        let groups = self.task_groups.as_ref();
        let has_some = groups.is_none_or(|it| !it.is_empty());
        let are_exact = groups.is_none_or(|it| it.iter().all(|it| is_exact(it)));
        let task = self.task.as_deref().is_none_or(is_exact);
        let checks = [("task_groups", has_some && are_exact), ("task", task)];
        for (key, _) in checks.iter().filter(|(_, fits)| !fits) {
            let reason = "names nothing: empty, or a pattern";
            builder.problem(*key, reason, "write exact names, or leave it out");
        }
        checks.iter().all(|(_, fits)| *fits)
    }

    fn are_in_range(&self, builder: &mut Builder<'_>) -> bool {
        let is_within =
            |it: Span, [shortest, longest]: [u32; 2]| (shortest..=longest).contains(&it.as_secs());
        let is_some = self.min_available.is_none_or(|it| it >= 1);
        let checks = [
            ("min_replicas", self.min_replicas >= 1, "write 1 or more"),
            ("min_available", is_some, "write 1 or more"),
            (
                "max_health_age",
                is_within(self.max_health_age, HEALTH_SECONDS),
                "write 1m to 365d",
            ),
            (
                "restart_window",
                is_within(self.restart_window, WINDOW_SECONDS),
                "write 1m to 24h",
            ),
        ];
        for (key, _, fix) in checks.iter().filter(|(_, fits, _)| !fits) {
            builder.problem(*key, "is out of range", *fix);
        }
        checks.iter().all(|(_, fits, _)| *fits)
    }
}

// === impl Wanted ===

impl Wanted {
    /// Whether a task group counts.
    pub fn counts(&self, group: &str) -> bool {
        self.groups.as_ref().is_none_or(|it| it.contains(group))
    }
}
