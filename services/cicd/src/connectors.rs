//! The connectors of this collector.

mod flux;
mod github_actions;

use passport_connector_sdk::Registry;

/// Every connector of this collector: one line each.
pub fn registry() -> Registry {
    Registry::default()
        .with::<flux::Flux>()
        .with::<github_actions::GithubActions>()
}
