mod actors;
mod bench;
mod cases;
mod check;
mod order;
mod properties;
mod webhooks;

/// The folder of this connector's cases.
const CASES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/src/connectors/pagerduty/cases"
);
