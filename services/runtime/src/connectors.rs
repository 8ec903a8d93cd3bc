//! The connectors of this collector.

mod argo_rollouts;
mod docker_compose;
mod ecs;
mod flagger;
mod kubernetes;
mod launchdarkly;
mod nomad;
mod runtime_target;

use passport_connector_sdk::Registry;

/// Every connector of this collector: one line each.
pub fn registry() -> Registry {
    Registry::default()
        .with::<argo_rollouts::ArgoRollouts>()
        .with::<docker_compose::DockerCompose>()
        .with::<ecs::Ecs>()
        .with::<flagger::Flagger>()
        .with::<kubernetes::Kubernetes>()
        .with::<launchdarkly::LaunchDarkly>()
        .with::<nomad::Nomad>()
        .with::<runtime_target::RuntimeTarget>()
}
