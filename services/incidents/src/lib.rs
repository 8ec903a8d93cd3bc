//! The incidents collector: connectors that read what went wrong and who is on it.

pub mod connectors;

pub use connectors::registry;

/// Name of this collector.
pub const NAME: &str = "incidents";

/// The category of this collector.
pub fn category() -> passport_collector_kit::Category {
    passport_collector_kit::Category::new(NAME, registry())
}
