//! What stands under a source, and what is wrong with it.

use std::collections::BTreeSet;

use passport_connector_sdk::{Builder, ProviderClient, secrets::SecretRef, settings::Span};
use passport_evidence::Limits;
use passport_kubernetes_api::{ApiServer, KubeconfigSettings, is_name};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    beside::Beside,
    scope::{Kind, ScopeSettings, Target},
};
use crate::cluster::{
    available::Least,
    settings::{is_page, names_containers, one, one_hundred, wants_any},
};
use crate::thresholds::Thresholds;

/// Shortest and longest window for restarts, in seconds.
const WINDOW_SECONDS: [u32; 2] = [60, 86_400];

/// A Kubernetes source.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The API server with its root path, if it has one.
    pub endpoint: Option<String>,
    /// One context of a kubeconfig, in the place of `endpoint`, `credential` and `tls`.
    pub kubeconfig: Option<KubeconfigSettings>,
    /// Token of a service account that may get the one object and list pods of its namespace.
    pub credential: Option<SecretRef>,
    /// Asks the cluster that the collector itself runs in, with the service account of its pod. Then without
    /// `endpoint`, `credential` and `tls`, and only where the operator has opened it for the workspace.
    #[serde(default)]
    pub in_cluster: bool,
    /// The narrow target.
    pub scope: ScopeSettings,
    /// Container whose image is compared. Default: the first of the pod template.
    pub container: Option<String>,
    /// Containers that may restart and be unready.
    #[serde(default)]
    pub ignore_containers: BTreeSet<String>,
    /// Fewest available replicas, however few are desired. Not of a Job or CronJob.
    #[serde(default = "one")]
    pub min_replicas: u32,
    /// Fewest available replicas that are a warning only. Default: as many as are desired.
    pub min_available: Option<u32>,
    /// Whether it may be scaled down to nothing.
    #[serde(default)]
    pub allow_zero: bool,
    /// Name of the workload's HorizontalPodAutoscaler, of a Deployment or StatefulSet. Default: none is read.
    pub autoscaler: Option<String>,
    /// Name of the PodDisruptionBudget that covers the workload's pods, of what lasts. Default: none is read.
    pub disruption_budget: Option<String>,
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
    /// How many pods must serve.
    pub least: Least,
    /// How long restarts count.
    pub restart_window: Span,
    /// How many restarts may be.
    pub restarts: Limits,
    /// Most objects on a page.
    pub page_size: u16,
    /// What else is read.
    pub beside: Beside,
}

fn one_hour() -> Span {
    Span::of_seconds(3_600)
}

// === impl Settings ===

impl Settings {
    /// A client for the API server, or problems.
    pub fn client(&self, builder: &mut Builder<'_>) -> Option<ProviderClient> {
        let server = ApiServer {
            in_cluster: self.in_cluster,
            endpoint: self.endpoint.as_deref(),
            credential: self.credential.as_ref(),
        };
        match &self.kubeconfig {
            Some(kubeconfig) => kubeconfig.client(server, builder),
            None => server.client(builder),
        }
    }

    /// What is wanted, or problems.
    pub fn wanted(&self, builder: &mut Builder<'_>) -> Option<Wanted> {
        let is_scope_sound = self.scope.check(builder);
        let are_names_sound = names_containers(builder, "container", &self.container)
            & names_containers(builder, "ignore_containers", &self.ignore_containers);
        let are_numbers_sound = self.are_in_range(builder);
        let is_beside_sound = self.is_beside_sound(builder);
        let restarts = self.thresholds.restarts(builder)?;
        let sound = is_scope_sound && are_names_sound && are_numbers_sound && is_beside_sound;
        sound.then(|| Wanted {
            scope: self.scope.clone(),
            container: self.container.clone(),
            ignored: self.ignore_containers.clone(),
            least: Least {
                replicas: self.min_replicas,
                available: self.min_available,
                allows_none: self.allow_zero,
            },
            restart_window: self.restart_window,
            restarts,
            page_size: self.page_size,
            beside: Beside {
                autoscaler: self.autoscaler.clone(),
                budget: self.disruption_budget.clone(),
            },
        })
    }

    /// Whether each object beside the workload is one.
    fn is_beside_sound(&self, builder: &mut Builder<'_>) -> bool {
        let named = [
            ("autoscaler", self.autoscaler.as_deref()),
            ("disruption_budget", self.disruption_budget.as_deref()),
        ];
        let wrong = named.map(|(key, name)| (key, name.is_some_and(|it| !is_name(it))));
        for (key, _) in wrong.iter().filter(|(_, is_wrong)| *is_wrong) {
            let fix = "write the exact name of one of the namespace";
            builder.problem(*key, "names no one object: empty, or a pattern", fix);
        }
        wrong.iter().all(|(_, is_wrong)| !is_wrong) & self.are_of_kind(builder)
    }

    /// Whether what is set can be of the kind; problems otherwise. What runs to its end serves nothing.
    fn are_of_kind(&self, builder: &mut Builder<'_>) -> bool {
        let kind = self.scope.kind;
        let lasts = matches!(kind.target(), Target::Workload(_));
        let scales = lasts && kind != Kind::DaemonSet;
        let set = [
            ("autoscaler", self.autoscaler.is_some(), scales),
            ("disruption_budget", self.disruption_budget.is_some(), lasts),
            ("min_replicas", self.min_replicas != one(), lasts),
            ("min_available", self.min_available.is_some(), lasts),
            ("allow_zero", self.allow_zero, lasts),
        ];
        let wrong = set.iter().filter(|(_, is_set, fits)| *is_set && !fits);
        for (key, ..) in wrong.clone() {
            builder.problem(*key, "is for no object of this kind", "leave it out");
        }
        wrong.count() == 0
    }

    fn are_in_range(&self, builder: &mut Builder<'_>) -> bool {
        let [shortest, longest] = WINDOW_SECONDS;
        let window = self.restart_window.as_secs();
        let is_window = (shortest..=longest).contains(&window);
        if !is_window {
            builder.problem("restart_window", "is out of range", "write 1m to 24h");
        }
        is_window
            & wants_any(builder, self.min_replicas, self.min_available)
            & is_page(builder, self.page_size)
    }
}
