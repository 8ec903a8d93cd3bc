mod beside;
mod cases;
mod changes;
mod check;
mod in_cluster;
mod oracle;
mod pages;
mod properties;
mod recorded;
mod rules;
mod runs;
mod runs_oracle;
mod world;

/// The folder of this connector's cases.
const CASES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/src/connectors/kubernetes/cases"
);
