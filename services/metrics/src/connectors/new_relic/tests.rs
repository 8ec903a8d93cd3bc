mod breadth;
mod cases;
mod language;
mod properties;
mod provider;

/// The folder of this connector's cases.
const CASES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/src/connectors/new_relic/cases"
);
