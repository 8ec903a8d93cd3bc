//! The cicd collector: connectors that read what built a release and what deploys it.

mod asked;
pub mod connectors;

pub use connectors::registry;

/// Name of this collector.
pub const NAME: &str = "cicd";

/// The category of this collector.
pub fn category() -> passport_collector_kit::Category {
    passport_collector_kit::Category::new(NAME, registry())
}
