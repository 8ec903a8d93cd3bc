mod bench;
mod breadth;
mod cases;
mod changes;
mod properties;
mod webhooks;

/// The folder of this connector's cases.
const CASES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/src/connectors/gitlab_ci/cases"
);
