//! What stands under a source, and what is wrong with it.

use passport_connector_sdk::{Builder, secrets::SecretRef, settings::Span};
use passport_kubernetes_api::ApiServer;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::cluster::{
    available::Least,
    settings::{is_page, names_containers, names_one, one, one_hundred, wants_any},
};

/// An Argo Rollouts source.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The API server with its root path, if it has one.
    pub endpoint: Option<String>,
    /// Token of a service account that may get the one Rollout and list analysis runs.
    pub credential: Option<SecretRef>,
    /// Asks the cluster that the collector itself runs in, with the service account of its pod. Then without
    /// `endpoint`, `credential` and `tls`, and only where the operator has opened it for the workspace.
    #[serde(default)]
    pub in_cluster: bool,
    /// The narrow target.
    pub scope: ScopeSettings,
    /// Container whose image is compared. Default: the first of the pod template.
    pub container: Option<String>,
    /// Fewest available replicas, however few are desired.
    #[serde(default = "one")]
    pub min_replicas: u32,
    /// Fewest available replicas that are a warning only. Default: as many as are desired.
    pub min_available: Option<u32>,
    /// Whether a Rollout that declares no analysis is unknown instead of not applicable.
    #[serde(default)]
    pub require_analysis: bool,
    /// Age from which a completed analysis is a warning. Default: none.
    pub max_analysis_age: Option<Span>,
    /// Most pods that are asked for at once, 1 to 500.
    #[serde(default = "one_hundred")]
    pub page_size: u16,
}

/// The narrow target: one Rollout.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopeSettings {
    /// The namespace.
    pub namespace: String,
    /// The Rollout's name.
    pub name: String,
}

/// What a source wants, once its settings were checked.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The target.
    pub scope: ScopeSettings,
    /// Container whose image is compared; `None`: the first.
    pub container: Option<String>,
    /// How many pods must serve.
    pub least: Least,
    /// Whether an analysis must be declared.
    pub requires_analysis: bool,
    /// Age from which a completed analysis is a warning.
    pub max_analysis_age: Option<Span>,
    /// Most pods on a page.
    pub page_size: u16,
}

// === impl Settings ===

impl Settings {
    /// How to get at the API server.
    pub fn server(&self) -> ApiServer<'_> {
        ApiServer {
            in_cluster: self.in_cluster,
            endpoint: self.endpoint.as_deref(),
            credential: self.credential.as_ref(),
        }
    }

    /// What is wanted, or problems.
    pub fn wanted(&self, builder: &mut Builder<'_>) -> Option<Wanted> {
        let sound = names_one(builder, &self.scope.namespace, &self.scope.name)
            & names_containers(builder, "container", &self.container)
            & wants_any(builder, self.min_replicas, self.min_available)
            & is_page(builder, self.page_size);
        sound.then(|| Wanted {
            scope: self.scope.clone(),
            container: self.container.clone(),
            least: Least {
                replicas: self.min_replicas,
                available: self.min_available,
                allows_none: false,
            },
            requires_analysis: self.require_analysis,
            max_analysis_age: self.max_analysis_age,
            page_size: self.page_size,
        })
    }
}
