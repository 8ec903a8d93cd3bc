mod cases;
mod check;
mod hosts;
mod keys;
mod oracle;
mod properties;
mod world;

/// The folder of this connector's cases.
const CASES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/src/connectors/launchdarkly/cases"
);
