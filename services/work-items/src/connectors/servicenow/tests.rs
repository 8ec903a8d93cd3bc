mod actors;
mod bench;
mod cases;
mod check;
mod oracle;
mod properties;

/// The folder of this connector's cases.
const CASES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/src/connectors/servicenow/cases"
);
