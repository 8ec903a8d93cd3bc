//! The connectors of this collector.

mod argo_rollouts;
mod flagger;
mod kubernetes;

use passport_connector_sdk::Registry;

/// Every connector of this collector: one line each.
pub fn registry() -> Registry {
    Registry::default()
        .with::<argo_rollouts::ArgoRollouts>()
        .with::<flagger::Flagger>()
        .with::<kubernetes::Kubernetes>()
}
