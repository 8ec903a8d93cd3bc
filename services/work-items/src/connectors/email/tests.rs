mod bench;
mod cases;
mod checks;
mod messages;
mod replies;
mod reports;
mod sending;

/// The folder of this connector's cases.
const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/connectors/email/cases");
