mod cases;
mod check;
mod oracle;
mod properties;
mod recorded;
mod socket;
mod world;

/// The folder of this connector's cases.
const CASES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/src/connectors/docker_compose/cases"
);
