mod cases;
mod certificates;
mod connecting;
mod properties;

/// The folder of this connector's cases.
const CASES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/src/connectors/runtime_target/cases"
);
