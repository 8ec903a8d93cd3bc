//! The manual collector: connectors that take what a customer's system or a person declares.

pub mod connectors;

pub use connectors::registry;

/// Name of this collector.
pub const NAME: &str = "manual";

/// The category of this collector.
pub fn category() -> passport_collector_kit::Category {
    passport_collector_kit::Category::new(NAME, registry())
}
