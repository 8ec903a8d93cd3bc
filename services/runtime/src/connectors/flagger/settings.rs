//! What stands under a source, and what is wrong with it.

use passport_connector_sdk::{Builder, secrets::SecretRef};
use passport_kubernetes_api::ApiServer;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::cluster::{
    available::Least,
    settings::{is_page, names_one, one, one_hundred, wants_any},
};

/// A Flagger source.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The API server with its root path, if it has one.
    pub endpoint: Option<String>,
    /// Token of a service account that may get the one Canary and its workloads.
    pub credential: Option<SecretRef>,
    /// Asks the cluster that the collector itself runs in, with the service account of its pod. Then without
    /// `endpoint`, `credential` and `tls`, and only where the operator has opened it for the workspace.
    #[serde(default)]
    pub in_cluster: bool,
    /// The narrow target.
    pub scope: ScopeSettings,
    /// Fewest available replicas of the primary, however few are desired.
    #[serde(default = "one")]
    pub min_replicas: u32,
    /// Fewest of them that are a warning only. Default: as many as are desired.
    pub min_available: Option<u32>,
    /// Most pods that are asked for at once, 1 to 500.
    #[serde(default = "one_hundred")]
    pub page_size: u16,
}

/// The narrow target: one Canary.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopeSettings {
    /// The namespace.
    pub namespace: String,
    /// The Canary's name.
    pub name: String,
}

/// What a source wants, once its settings were checked.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The target.
    pub scope: ScopeSettings,
    /// How many pods of the primary must serve.
    pub least: Least,
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
            & wants_any(builder, self.min_replicas, self.min_available)
            & is_page(builder, self.page_size);
        sound.then(|| Wanted {
            scope: self.scope.clone(),
            least: Least {
                replicas: self.min_replicas,
                available: self.min_available,
                allows_none: false,
            },
            page_size: self.page_size,
        })
    }
}
