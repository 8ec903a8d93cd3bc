//! The work-items collector: connectors that read tickets, changes and approvals.

pub mod connectors;

pub use connectors::registry;

/// Name of this collector.
pub const NAME: &str = "work-items";

/// The category of this collector.
pub fn category() -> passport_collector_kit::Category {
    passport_collector_kit::Category::new(NAME, registry())
}
