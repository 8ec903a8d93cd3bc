mod actors;
mod bench;
mod cases;
mod check;
mod clicks;
mod notices;
mod oracle;
mod sent;
mod signature;

/// The folder of this connector's cases.
const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/connectors/slack/cases");
