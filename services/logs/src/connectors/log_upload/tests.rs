mod breadth;
mod cases;
mod escaping;
mod lines;
mod signing;
mod source;
mod uploads;

/// The folder of this connector's cases.
const CASES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/src/connectors/log_upload/cases"
);
