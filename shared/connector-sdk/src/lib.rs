//! What connectors are built with, and the one implementation of the collector service.

pub mod redaction;
