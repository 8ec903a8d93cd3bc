mod bench;
mod cases;
mod clicks;
mod oracle;

/// The folder of this connector's cases.
const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/connectors/slack/cases");
