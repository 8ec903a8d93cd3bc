//! The connectors of this collector.

mod cloudwatch_logs;
mod loki;

use passport_connector_sdk::Registry;

/// Every connector of this collector: one line each.
pub fn registry() -> Registry {
    Registry::default()
        .with::<cloudwatch_logs::CloudwatchLogs>()
        .with::<loki::Loki>()
}
