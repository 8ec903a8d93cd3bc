mod breadth;
mod cases;
mod escaping;
mod properties;
mod provider;
mod queries;
mod redaction;

/// The folder of this connector's cases.
const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/connectors/loki/cases");
