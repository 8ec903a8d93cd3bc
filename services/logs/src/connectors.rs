//! The connectors of this collector.

mod log_upload;
mod loki;

use passport_connector_sdk::Registry;

/// Every connector of this collector: one line each.
pub fn registry() -> Registry {
    Registry::default()
        .with::<log_upload::LogUpload>()
        .with::<loki::Loki>()
}
