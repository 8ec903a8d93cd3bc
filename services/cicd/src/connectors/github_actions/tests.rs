mod actors;
mod bench;
mod breadth;
mod cases;
mod changes;
mod order;
mod properties;
mod protection;
mod recorded;

/// The folder of this connector's cases.
const CASES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/src/connectors/github_actions/cases"
);
