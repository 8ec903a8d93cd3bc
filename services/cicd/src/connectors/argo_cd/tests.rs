mod breadth;
mod cases;
mod in_cluster;
mod properties;
mod schema;

/// The folder of this connector's cases.
const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/connectors/argo_cd/cases");
