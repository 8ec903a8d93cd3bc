//! The connectors of this collector.

pub(crate) mod otlp;

use passport_connector_sdk::Registry;

/// Every connector of this collector: one line each.
pub fn registry() -> Registry {
    Registry::default().with::<otlp::Otlp>()
}
