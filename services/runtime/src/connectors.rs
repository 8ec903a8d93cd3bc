//! The connectors of this collector.

mod kubernetes;
mod launchdarkly;
mod nomad;

use passport_connector_sdk::Registry;

/// Every connector of this collector: one line each.
pub fn registry() -> Registry {
    Registry::default()
        .with::<kubernetes::Kubernetes>()
        .with::<launchdarkly::LaunchDarkly>()
        .with::<nomad::Nomad>()
}
