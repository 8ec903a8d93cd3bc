mod bounds;
mod bundle;
mod cases;
mod generated;
mod mutated;
mod oracle;
mod planting;
mod uploading;

/// The folder of this connector's cases.
const CASES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/src/connectors/mobile_webview/cases"
);
