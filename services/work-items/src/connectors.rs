//! The connectors of this collector.

#[cfg(test)]
mod changes;
mod email;
mod jira;
mod linear;
mod servicenow;
mod slack;

use passport_connector_sdk::Registry;

/// Every connector of this collector: one line each.
pub fn registry() -> Registry {
    Registry::default()
        .with::<email::Email>()
        .with::<jira::Jira>()
        .with::<linear::Linear>()
        .with::<servicenow::Servicenow>()
        .with::<slack::Slack>()
}
