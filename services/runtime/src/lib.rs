//! The runtime collector: connectors that read what runs and how a rollout goes.

mod cluster;
pub mod connectors;
mod restarts;
mod thresholds;

pub use connectors::registry;

/// Name of this collector.
pub const NAME: &str = "runtime";

/// The category of this collector.
pub fn category() -> passport_collector_kit::Category {
    passport_collector_kit::Category::new(NAME, registry())
}
