//! Every part of a bundle is taken out, nulled and doubled, one at a time.

use serde_json::{Value, json};

use super::{
    bundle::{Bundle, OTHER, delivery, good, judged, passed, source},
    oracle::Oracle,
};

/// A bundle in which nothing is well.
fn bad() -> Bundle {
    let mut bundle = good();
    for (name, pointer, value) in [
        ("report.json", "/stats/unexpected", json!(1)),
        ("report.json", "/config/updateSnapshots", json!("all")),
        ("net.har", "/log/entries/0/response/status", json!(503)),
        ("diff.json", "/pairs/0/diffPixels", json!(9000)),
        ("console.jsonl", "/level", json!("error")),
    ] {
        let text = bundle.file_mut(name).unwrap();
        let mut json: Value = serde_json::from_str(text).unwrap();
        *json.pointer_mut(pointer).unwrap() = value;
        *text = json.to_string();
    }
    bundle.list();
    bundle
}

/// The document with each of its parts taken out, nulled or doubled.
fn mutations(json: &Value) -> Vec<Value> {
    let mut all = vec![Value::Null, json!([json.clone()])];
    match json {
        Value::Array(items) => {
            for at in 0..items.len() {
                let mut without = items.clone();
                let one = without.remove(at);
                all.push(Value::Array(without));
                let mut doubled = items.clone();
                doubled.push(one.clone());
                all.push(Value::Array(doubled));
                for inner in mutations(&one) {
                    let mut items = items.clone();
                    items[at] = inner;
                    all.push(Value::Array(items));
                }
            }
        }
        Value::Object(keys) => {
            for (key, value) in keys {
                let mut without = keys.clone();
                without.remove(key);
                all.push(Value::Object(without));
                for inner in mutations(value) {
                    let mut keys = keys.clone();
                    keys.insert(key.clone(), inner);
                    all.push(Value::Object(keys));
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    all
}

fn mutated(bundle: &Bundle) -> Vec<Bundle> {
    let mut all = Vec::new();
    for (name, text) in &bundle.files {
        for json in mutations(&serde_json::from_str(text).unwrap()) {
            let mut mutated = bundle.clone();
            *mutated.file_mut(name).unwrap() = json.to_string();
            mutated.list();
            all.push(mutated);
        }
        let mut without = bundle.clone();
        without.files.retain(|it| it.0 != *name);
        all.push(without.clone());
        without.list();
        all.push(without);
    }
    let of_manifest = mutations(&bundle.manifest).into_iter();
    all.extend(of_manifest.map(|manifest| Bundle {
        manifest,
        ..bundle.clone()
    }));
    all
}

#[test]
fn no_part_that_is_missing_null_or_twice_makes_a_pass() {
    let source = source(json!({}));
    let mut other = good();
    other.manifest["build"]["artifactDigest"] = json!(OTHER);
    let mut bundles = 0;
    for base in [good(), bad(), other] {
        for bundle in mutated(&base) {
            let facts = judged(source.as_ref(), &delivery(bundle.body()));
            for name in passed(&facts) {
                assert!(Oracle::of(&bundle).may_pass(name), "{name} {bundle:?}");
            }
            bundles += 1;
        }
    }
    assert!(bundles > 500, "{bundles}");
}

#[test]
fn what_is_taken_out_of_a_bad_bundle_does_not_make_it_good() {
    let source = source(json!({}));
    let facts = judged(source.as_ref(), &delivery(bad().body()));
    assert_eq!(passed(&facts), ["bundle_integrity"]);
    for bundle in mutated(&bad()) {
        let facts = judged(source.as_ref(), &delivery(bundle.body()));
        let others = passed(&facts);
        let others = others.iter().filter(|it| **it != "bundle_integrity");
        assert_eq!(others.count(), 0, "{bundle:?}");
    }
}
