mod calm;
mod cases;
mod check;
mod draws;
mod hcl;
mod health;
mod json;
mod oracle;
mod properties;
mod rights;
mod world;

/// The folder of this connector's cases.
const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/connectors/nomad/cases");
