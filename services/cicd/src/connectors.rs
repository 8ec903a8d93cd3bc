//! The connectors of this collector.

mod github_actions;
mod gitlab_ci;

use passport_connector_sdk::Registry;

/// Every connector of this collector: one line each.
pub fn registry() -> Registry {
    Registry::default()
        .with::<github_actions::GithubActions>()
        .with::<gitlab_ci::GitlabCi>()
}
