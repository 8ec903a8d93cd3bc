//! The connectors of this collector.

mod argo_cd;
mod flux;
mod github_actions;
mod gitlab_ci;
#[cfg(test)]
mod in_cluster;
mod jenkins;

use passport_connector_sdk::Registry;

/// Every connector of this collector: one line each.
pub fn registry() -> Registry {
    Registry::default()
        .with::<argo_cd::ArgoCd>()
        .with::<flux::Flux>()
        .with::<github_actions::GithubActions>()
        .with::<jenkins::Jenkins>()
        .with::<gitlab_ci::GitlabCi>()
}
