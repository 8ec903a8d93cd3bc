//! The quality collector: connectors that read what scanners and analysers found.

mod by_severity;
pub mod connectors;
mod pipelines;
mod upload;

use passport_connector_sdk::strict_json;

pub use connectors::registry;

/// Name of this collector.
pub const NAME: &str = "quality";

/// The category of this collector.
pub fn category() -> passport_collector_kit::Category {
    passport_collector_kit::Category::new(NAME, registry())
}
