//! The metrics collector: connectors that read or receive numbers.

pub mod connectors;
pub mod otlp_receiver;

pub use connectors::registry;

/// Name of this collector.
pub const NAME: &str = "metrics";
