mod breadth;
mod cases;
mod oracle;
mod properties;
mod schema;
mod world;

/// The folder of this connector's cases.
const CASES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/src/connectors/argo_rollouts/cases"
);

/// A case of this connector.
fn case(name: &str) -> serde_json::Value {
    let text = std::fs::read_to_string(format!("{CASES}/{name}.case.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}
