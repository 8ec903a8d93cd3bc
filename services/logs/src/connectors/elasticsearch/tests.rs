mod breadth;
mod cases;
mod mapping;
mod redaction;

/// The folder of this connector's cases.
const CASES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/src/connectors/elasticsearch/cases"
);
