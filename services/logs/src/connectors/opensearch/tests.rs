mod breadth;
mod cases;
mod mapping;
mod redaction;
mod signing;

/// The folder of this connector's cases.
const CASES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/src/connectors/opensearch/cases"
);
