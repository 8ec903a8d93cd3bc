mod bench;
mod breadth;
mod cases;
mod rows;
mod uploads;

/// The folder of this connector's cases.
const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/connectors/snyk/cases");
