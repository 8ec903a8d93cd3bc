//! The connectors of this collector.

#[cfg(test)]
mod changes;
mod datadog;
mod new_relic;
pub(crate) mod otlp;
mod prometheus;

use passport_connector_sdk::Registry;

/// Every connector of this collector: one line each.
pub fn registry() -> Registry {
    Registry::default()
        .with::<datadog::Datadog>()
        .with::<new_relic::NewRelic>()
        .with::<otlp::Otlp>()
        .with::<prometheus::Prometheus>()
}
