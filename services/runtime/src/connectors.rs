//! The connectors of this collector.

mod docker_compose;
mod ecs;
mod kubernetes;
mod launchdarkly;
mod nomad;
mod runtime_target;

use passport_connector_sdk::Registry;

/// Every connector of this collector: one line each.
pub fn registry() -> Registry {
    Registry::default()
        .with::<docker_compose::DockerCompose>()
        .with::<ecs::Ecs>()
        .with::<kubernetes::Kubernetes>()
        .with::<launchdarkly::LaunchDarkly>()
        .with::<nomad::Nomad>()
        .with::<runtime_target::RuntimeTarget>()
}
