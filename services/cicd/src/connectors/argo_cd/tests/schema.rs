//! The applications of the cases are applications: each is as its custom resource definition says.

use std::{collections::BTreeSet, fs};

use jsonschema::Validator;
use serde_json::{Value, json};

use super::CASES;

const SCHEMA: &str = include_str!("../testdata/application-v1alpha1.schema.json");
/// Cases whose application is none on purpose.
const BROKEN: [&str; 1] = ["other-shape"];

fn schema() -> Validator {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
}

/// The applications that a provider answers with in the cases, by the name of the case.
fn applications() -> Vec<(String, Value)> {
    let files = fs::read_dir(CASES).unwrap().map(|it| it.unwrap().path());
    let cases = files.map(|it| serde_json::from_slice::<Value>(&fs::read(it).unwrap()).unwrap());
    let found = cases.flat_map(|case| {
        let name = case["name"].as_str().unwrap().to_owned();
        let exchanges = case["exchanges"].as_array().cloned().unwrap_or_default();
        let bodies = exchanges
            .into_iter()
            .map(|it| it["response"]["body"].clone());
        let applications = bodies.filter(|it| it.get("spec").is_some());
        applications
            .map(|it| (name.clone(), it))
            .collect::<Vec<_>>()
    });
    found.collect()
}

#[test]
fn every_application_of_a_case_is_one() {
    let (schema, all) = (schema(), applications());
    assert!(all.len() > 50, "only {} applications", all.len());
    let mut broken = BTreeSet::new();
    for (name, application) in all {
        let found: Vec<_> = schema
            .iter_errors(&application)
            .map(|it| format!("{}: {it}", it.instance_path()))
            .collect();
        match BROKEN.contains(&name.as_str()) {
            true => _ = broken.insert((name, found.is_empty())),
            false => assert!(found.is_empty(), "{name}: {found:?}"),
        }
    }
    let wanted = BROKEN.map(|it| (it.to_owned(), false));
    assert_eq!(broken, BTreeSet::from(wanted));
}

#[test]
fn what_is_no_application_is_told() {
    let schema = schema();
    let (_, good) = applications().pop().unwrap();
    for (pointer, value) in [
        ("/status/history/0/id", json!("40")),
        ("/status/operationState/phase", json!(null)),
        ("/status/summary/images", json!("one")),
        ("/spec/destination", json!([])),
    ] {
        let mut changed = good.clone();
        *changed.pointer_mut(pointer).unwrap() = value;
        assert!(!schema.is_valid(&changed), "{pointer}");
    }
}
