//! The connectors of this collector.

mod ecs;
mod kubernetes;

use passport_connector_sdk::Registry;

/// Every connector of this collector: one line each.
pub fn registry() -> Registry {
    Registry::default()
        .with::<ecs::Ecs>()
        .with::<kubernetes::Kubernetes>()
}
