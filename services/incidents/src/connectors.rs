//! The connectors of this collector.

#[cfg(test)]
mod changes;
mod opsgenie;
mod pagerduty;
mod sentry;

use passport_connector_sdk::Registry;

/// Every connector of this collector: one line each.
pub fn registry() -> Registry {
    Registry::default()
        .with::<sentry::Sentry>()
        .with::<pagerduty::Pagerduty>()
        .with::<opsgenie::Opsgenie>()
}
