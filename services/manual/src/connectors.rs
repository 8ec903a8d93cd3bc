//! The connectors of this collector.

mod custom_webhook;
mod manual_evidence;

use passport_connector_sdk::Registry;

/// Every connector of this collector: one line each.
pub fn registry() -> Registry {
    Registry::default()
        .with::<custom_webhook::CustomWebhook>()
        .with::<manual_evidence::ManualEvidence>()
}
