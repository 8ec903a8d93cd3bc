//! The Canaries of the cases are Canaries: each is as its custom resource definition says.

use std::{collections::BTreeSet, fs};

use jsonschema::Validator;
use serde_json::{Value, json};

use super::{CASES, case};

const FILE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/src/connectors/flagger/testdata/Canary.json"
);
/// Cases whose Canary is none on purpose.
const BROKEN: [&str; 6] = [
    "controller-of-an-odd-interval",
    "failed-checks-as-text",
    "no-analysis",
    "phase-in-other-letters",
    "progressing-threshold-not-set",
    "unrecognized-state",
];

fn schema() -> Validator {
    let schema: Value = serde_json::from_str(&fs::read_to_string(FILE).unwrap()).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
}

/// The Canaries that a provider answers with in the cases, by the name of the case.
fn canaries() -> Vec<(String, Value)> {
    let files = fs::read_dir(CASES).unwrap().map(|it| it.unwrap().path());
    let cases = files.map(|it| serde_json::from_slice::<Value>(&fs::read(it).unwrap()).unwrap());
    let found = cases.flat_map(|case| {
        let name = case["name"].as_str().unwrap().to_owned();
        let exchanges = case["exchanges"].as_array().cloned().unwrap_or_default();
        let bodies = exchanges
            .into_iter()
            .map(|it| it["response"]["body"].clone());
        let of_kind = bodies.filter(|it| it["kind"] == "Canary");
        of_kind.map(|it| (name.clone(), it)).collect::<Vec<_>>()
    });
    found.collect()
}

#[test]
fn every_canary_of_a_case_is_one() {
    let (schema, all) = (schema(), canaries());
    assert!(all.len() > 70, "{} Canaries", all.len());
    let mut broken = BTreeSet::new();
    for (name, canary) in all {
        let found = schema.iter_errors(&canary);
        let found: Vec<_> = found
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
fn what_is_no_canary_is_told() {
    let schema = schema();
    let good = case("succeeded")["exchanges"][0]["response"]["body"].clone();
    assert!(schema.is_valid(&good));
    for (pointer, value) in [
        ("/spec/targetRef", json!([])),
        ("/status/canaryWeight", json!("0")),
        ("/status/phase", json!("Done")),
    ] {
        let mut changed = good.clone();
        *changed.pointer_mut(pointer).unwrap() = value;
        assert!(!schema.is_valid(&changed), "{pointer}");
    }
}
