mod breadth;
mod cases;
mod changes;
mod escaping;
mod oracle;
mod properties;
mod redaction;
mod stopping;
mod templates;

/// The folder of this connector's cases.
const CASES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/src/connectors/cloudwatch_logs/cases"
);
