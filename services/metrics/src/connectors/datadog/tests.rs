mod breadth;
mod cases;
mod languages;
mod properties;
mod provider;

/// The folder of this connector's cases.
const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/connectors/datadog/cases");
