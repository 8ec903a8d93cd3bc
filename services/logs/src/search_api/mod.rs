//! The search API that OpenSearch and Elasticsearch have in common: named counts of log lines of one
//! scope, asked with bodies that are built as JSON values and never as text.

mod answer;
mod ask;
mod body;
pub mod breadth;
mod client;
mod condition;
mod count;
pub mod detect;
mod dialect;
mod engine;
mod field;
mod index;
mod kinds;
mod mapping;
mod pages;
mod period;
mod query;
mod reading;
mod settings;
mod signing;

#[cfg(test)]
pub mod tests;

pub use ask::Ask;
pub use client::Client;
pub use dialect::Dialect;
pub use engine::Engine;
pub use settings::Settings;
pub use signing::{Shown, Signing};

use passport_evidence::FactDescriptor;

/// The facts of both.
pub const FACTS: &[FactDescriptor] = &[
    FactDescriptor::new("error_log_count", "error lines in the window", None),
    FactDescriptor::new(query::KINDS, "distinct kinds of error lines", None),
    FactDescriptor::new(
        "startup_failure_count",
        "lines that say that a start failed",
        Some("= 0"),
    ),
    FactDescriptor::new(
        "rollback_marker_count",
        "lines that say that somebody rolled back",
        Some("= 0"),
    ),
    FactDescriptor::new(
        "incident_marker_count",
        "lines with the mark of an incident or of its trace",
        Some("= 0"),
    ),
    FactDescriptor::new("request_volume", "access lines in the window", None),
    FactDescriptor::new("log_lines", "all lines of the scope", Some(">= 1")),
];
