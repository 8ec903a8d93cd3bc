mod cases;
mod hostile;
mod polling;
mod secrets;
mod sender;
mod sending;

/// The folder of this connector's cases.
const CASES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/src/connectors/custom_webhook/cases"
);
