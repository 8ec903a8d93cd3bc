mod breadth;
mod calm;
mod cases;
mod changes;
mod check;
mod look;
mod oracle;
mod properties;
mod world;

/// The folder of this connector's cases.
const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/connectors/ecs/cases");
