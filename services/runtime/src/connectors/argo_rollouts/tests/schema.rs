//! The objects of the cases are objects of Argo Rollouts: each is as its custom resource definition
//! says.

use std::{collections::BTreeSet, fs};

use jsonschema::Validator;
use serde_json::{Value, json};

use super::{CASES, case};

const FOLDER: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/src/connectors/argo_rollouts/testdata"
);
/// Cases whose object is none on purpose.
const BROKEN: [&str; 1] = ["paused-without-duration-null"];

fn schema(kind: &str) -> Validator {
    let text = fs::read_to_string(format!("{FOLDER}/{kind}.json")).unwrap();
    let schema: Value = serde_json::from_str(&text).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
}

/// The objects of a kind that a provider answers with in the cases, by the name of the case.
fn objects(kind: &str) -> Vec<(String, Value)> {
    let files = fs::read_dir(CASES).unwrap().map(|it| it.unwrap().path());
    let cases = files.map(|it| serde_json::from_slice::<Value>(&fs::read(it).unwrap()).unwrap());
    let found = cases.flat_map(|case| {
        let name = case["name"].as_str().unwrap().to_owned();
        let exchanges = case["exchanges"].as_array().cloned().unwrap_or_default();
        let bodies = exchanges
            .into_iter()
            .map(|it| it["response"]["body"].clone());
        let all = bodies.flat_map(|it| match it["items"].as_array() {
            Some(items) => items.clone(),
            None => vec![it],
        });
        let of_kind = all.filter(|it| it["kind"] == kind);
        of_kind.map(|it| (name.clone(), it)).collect::<Vec<_>>()
    });
    found.collect()
}

#[test]
fn every_object_of_a_case_is_one() {
    let mut broken = BTreeSet::new();
    for kind in ["Rollout", "AnalysisRun"] {
        let (schema, all) = (schema(kind), objects(kind));
        assert!(all.len() > 100, "{} {kind}s", all.len());
        for (name, object) in all {
            let found = schema.iter_errors(&object);
            let found: Vec<_> = found
                .map(|it| format!("{}: {it}", it.instance_path()))
                .collect();
            match BROKEN.contains(&name.as_str()) {
                true => _ = broken.insert((name, found.is_empty())),
                false => assert!(found.is_empty(), "{name}: {found:?}"),
            }
        }
    }
    let wanted = BROKEN.map(|it| (it.to_owned(), false));
    assert_eq!(broken, BTreeSet::from(wanted));
}

#[test]
fn what_is_no_rollout_is_told() {
    let schema = schema("Rollout");
    let good = case("healthy-promoted")["exchanges"][1]["response"]["body"].clone();
    assert!(schema.is_valid(&good));
    for (pointer, value) in [
        ("/spec", json!([])),
        ("/status/conditions", json!({})),
        ("/status/observedGeneration", json!(9)),
        ("/status/currentStepIndex", json!("4")),
    ] {
        let mut changed = good.clone();
        *changed.pointer_mut(pointer).unwrap() = value;
        assert!(!schema.is_valid(&changed), "{pointer}");
    }
}
