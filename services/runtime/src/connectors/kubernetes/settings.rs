//! What stands under a source, and what is wrong with it.

use std::collections::BTreeSet;

use passport_connector_sdk::{Builder, secrets::SecretRef, settings::Span};
use passport_evidence::Limits;
use schemars::JsonSchema;
use serde::Deserialize;

use super::scope::{ScopeSettings, is_label};
use crate::thresholds::Thresholds;

/// Shortest and longest window for restarts, in seconds.
const WINDOW_SECONDS: [u32; 2] = [60, 86_400];
/// Most objects that a server is asked for at once.
const MAX_PAGE: u16 = 500;

/// A Kubernetes source.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The API server with its root path, if it has one.
    pub endpoint: Option<String>,
    /// Token of a service account that may get the one workload and list pods of its namespace.
    pub credential: Option<SecretRef>,
    /// Not offered: name the endpoint, the token and the CA instead.
    #[serde(default)]
    pub in_cluster: bool,
    /// The narrow target.
    pub scope: ScopeSettings,
    /// Container whose image is compared. Default: the first of the pod template.
    pub container: Option<String>,
    /// Containers that may restart and be unready.
    #[serde(default)]
    pub ignore_containers: BTreeSet<String>,
    /// Fewest available replicas, however few are desired.
    #[serde(default = "one")]
    pub min_replicas: u32,
    /// Fewest available replicas that are a warning only. Default: as many as are desired.
    pub min_available: Option<u32>,
    /// Whether it may be scaled down to nothing.
    #[serde(default)]
    pub allow_zero: bool,
    /// How long restarts count, one minute to one day.
    #[serde(default = "one_hour")]
    pub restart_window: Span,
    /// Most objects that are asked for at once, 1 to 500.
    #[serde(default = "one_hundred")]
    pub page_size: u16,
    /// What is wanted of the facts.
    #[serde(default)]
    pub thresholds: Thresholds,
}

/// What a source wants, once its settings were checked.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The target.
    pub scope: ScopeSettings,
    /// Container whose image is compared; `None`: the first.
    pub container: Option<String>,
    /// Containers that may restart and be unready.
    pub ignored: BTreeSet<String>,
    /// Fewest available replicas.
    pub min_replicas: u32,
    /// Fewest available replicas that are a warning only.
    pub min_available: Option<u32>,
    /// Whether it may be scaled down to nothing.
    pub allow_zero: bool,
    /// How long restarts count.
    pub restart_window: Span,
    /// How many restarts may be.
    pub restarts: Limits,
    /// Most objects on a page.
    pub page_size: u16,
}

fn one() -> u32 {
    1
}

fn one_hour() -> Span {
    Span::of_seconds(3_600)
}

fn one_hundred() -> u16 {
    100
}

// === impl Settings ===

impl Settings {
    /// What is wanted, or problems.
    pub fn wanted(&self, builder: &mut Builder<'_>) -> Option<Wanted> {
        let is_outside = self.is_outside(builder);
        let is_scope_sound = self.scope.check(builder);
        let are_names_sound = self.names_containers(builder);
        let are_numbers_sound = self.are_in_range(builder);
        let restarts = self.thresholds.restarts(builder)?;
        let sound = is_outside && is_scope_sound && are_names_sound && are_numbers_sound;
        sound.then(|| Wanted {
            scope: self.scope.clone(),
            container: self.container.clone(),
            ignored: self.ignore_containers.clone(),
            min_replicas: self.min_replicas,
            min_available: self.min_available,
            allow_zero: self.allow_zero,
            restart_window: self.restart_window,
            restarts,
            page_size: self.page_size,
        })
    }

    fn is_outside(&self, builder: &mut Builder<'_>) -> bool {
        if self.in_cluster {
            let reason = "is not offered: nothing is read that the source does not name";
            let fix = "leave it out, and set `endpoint: https://kubernetes.default.svc`, the mounted \
                       token as `credential: { file: … }` and its `tls: { ca: { file: … } }`";
            builder.problem("in_cluster", reason, fix);
        }
        let needed = [
            (
                "endpoint",
                self.endpoint.is_some(),
                "write the API server's address",
            ),
            (
                "credential",
                self.credential.is_some(),
                "name the token: { env: NAME } or { file: PATH }",
            ),
        ];
        for (key, is_there, fix) in needed {
            if !is_there {
                builder.problem(key, "is missing", fix);
            }
        }
        !self.in_cluster && needed.iter().all(|(_, is_there, _)| *is_there)
    }

    fn names_containers(&self, builder: &mut Builder<'_>) -> bool {
        let named = self.container.iter().map(|it| ("container", it));
        let ignored = self.ignore_containers.iter();
        let mut sound = true;
        for (key, name) in named.chain(ignored.map(|it| ("ignore_containers", it))) {
            if !is_label(name) {
                let fix = "write the exact name of a container";
                builder.problem(key, "names no container: empty, or a pattern", fix);
                sound = false;
            }
        }
        sound
    }

    fn are_in_range(&self, builder: &mut Builder<'_>) -> bool {
        let [shortest, longest] = WINDOW_SECONDS;
        let window = self.restart_window.as_secs();
        let checks = [
            ("min_replicas", self.min_replicas >= 1, "write 1 or more"),
            (
                "min_available",
                self.min_available.is_none_or(|it| it >= 1),
                "write 1 or more",
            ),
            (
                "restart_window",
                (shortest..=longest).contains(&window),
                "write 1m to 24h",
            ),
            (
                "page_size",
                (1..=MAX_PAGE).contains(&self.page_size),
                "write 1 to 500",
            ),
        ];
        for (key, _, fix) in checks.iter().filter(|(_, fits, _)| !fits) {
            builder.problem(*key, "is out of range", *fix);
        }
        checks.iter().all(|(_, fits, _)| *fits)
    }
}
