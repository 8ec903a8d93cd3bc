mod cases;
mod people;
mod properties;
mod world;

/// The folder of this connector's cases.
const CASES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/src/connectors/manual_evidence/cases"
);
