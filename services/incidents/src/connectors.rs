//! The connectors of this collector.

#[cfg(test)]
mod changes;
mod pagerduty;
mod sentry;

use passport_connector_sdk::Registry;

/// Every connector of this collector: one line each.
pub fn registry() -> Registry {
    Registry::default()
        .with::<pagerduty::Pagerduty>()
        .with::<sentry::Sentry>()
}
