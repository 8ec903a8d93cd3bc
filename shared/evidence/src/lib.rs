//! The evidence model: scope, subject, facts, freshness, thresholds, and their JSON and wire forms.

pub mod problem;
