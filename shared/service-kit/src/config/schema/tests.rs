use serde_json::{Value, json};

use super::*;
use crate::config::shape;
use crate::config::tests::{connector_schema, testdata};
use crate::config::tree::Tree;

fn whole() -> Value {
    let other = json!({ "type": "object", "properties": { "next": { "$ref": "#" }, "scope": { "$ref": "#/$defs/Scope" } },
        "$defs": { "Scope": { "type": "string" } } });
    schema(&[("prometheus", connector_schema()), ("other", other)])
}

fn value(folder: &str, file: &str) -> Value {
    let bytes = std::fs::read(testdata(folder).join(file)).unwrap();
    Tree::parse(file, &bytes).unwrap().root().to_json()
}

#[test]
fn the_schema_is_a_valid_one() {
    assert!(jsonschema::draft202012::meta::is_valid(&whole()));
    assert!(jsonschema::draft202012::meta::is_valid(&schema(&[])));
    assert_eq!(
        whole()["$schema"],
        "https://json-schema.org/draft/2020-12/schema"
    );
}

#[test]
fn the_documented_example_is_accepted() {
    assert_eq!(shape::problems(&whole(), &value("good", "design.yaml")), []);
    assert_eq!(shape::problems(&whole(), &value("good", "full.yaml")), []);
}

#[test]
fn each_source_has_the_keys_of_its_connector_alone() {
    let path = "/workspaces/workspace-acme-prod/services/checkout-api/environments/production/sources/prom";
    let told = |change: fn(&mut Value)| {
        let mut file = value("good", "design.yaml");
        change(file.pointer_mut(path).unwrap());
        let problems = shape::problems(&whole(), &file);
        problems
            .iter()
            .map(|p| p.path.rsplit_once(".prom.").unwrap().1.to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(told(|source| source["querys"] = json!({})), ["querys"]);
    assert_eq!(
        told(|source| source["queries"]["error_rate"]["unti"] = json!(1)),
        ["queries.error_rate.unti"]
    );
    assert_eq!(
        told(|source| source["connector"] = json!("unheard-of")),
        ["connector"]
    );
    assert_eq!(
        told(|source| source["connector"] = json!("other")),
        ["scope"]
    );
    assert_eq!(
        told(|source| *source = json!({ "connector": "other", "next": { "next": { "scope": 1 } } })),
        ["next.next.scope"]
    );
}

#[test]
fn every_key_is_documented() {
    fn undocumented(at: &Value, path: &str, found: &mut Vec<String>) {
        for (key, property) in at["properties"].as_object().into_iter().flatten() {
            if property.get("description").is_none() {
                found.push(format!("{path}.{key}"));
            }
        }
        for (name, def) in at["$defs"].as_object().into_iter().flatten() {
            undocumented(def, name, found);
        }
    }
    let mut found = Vec::new();
    undocumented(&of_file(), "", &mut found);
    assert_eq!(found, Vec::<String>::new());
}
