//! The logs collector: connectors that read logs by fixed queries.

pub mod connectors;
#[cfg(test)]
mod corpus;
mod excerpts;
#[cfg(test)]
mod proof;
mod search_api;

pub use connectors::registry;

/// Name of this collector.
pub const NAME: &str = "logs";

/// The category of this collector.
pub fn category() -> passport_collector_kit::Category {
    passport_collector_kit::Category::new(NAME, registry())
}
