mod breadth;
mod cases;
mod in_cluster;
mod properties;
mod rotation;
mod schema;

/// The folder of this connector's cases.
const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/connectors/flux/cases");

/// A case of this connector.
fn case(name: &str) -> serde_json::Value {
    let text = std::fs::read_to_string(format!("{CASES}/{name}.case.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}
