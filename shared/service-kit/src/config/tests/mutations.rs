//! A good file with one key changed is still good, or is told at that key.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{StandIn, testdata};
use crate::config::path::{self, Segment};
use crate::config::tree::Tree;
use crate::config::{Report, load_bytes};

/// The file with every key and item in a line of its own.
fn spread(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap()
}

fn original() -> Value {
    let bytes = std::fs::read(testdata("good").join("full.yaml")).unwrap();
    Tree::parse("full.yaml", &bytes).unwrap().root().to_json()
}

/// Every key of the file, by the path of what holds it.
fn keys(value: &Value, at: &mut Vec<Segment>, all: &mut Vec<(Vec<Segment>, String)>) {
    let children: Vec<(Segment, &Value)> = match value {
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| (Segment::Key(key.clone()), value))
            .collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(i, v)| (Segment::Index(i), v))
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    };
    for (segment, child) in children {
        if let Segment::Key(key) = &segment {
            all.push((at.clone(), key.clone()));
        }
        at.push(segment);
        keys(child, at, all);
        at.pop();
    }
}

fn at_mut<'v>(value: &'v mut Value, path: &[Segment]) -> &'v mut Value {
    path.iter().fold(value, |at, segment| match segment {
        Segment::Key(key) => &mut at[key.as_str()],
        Segment::Index(index) => &mut at[*index],
    })
}

#[derive(Debug, Clone)]
enum Change {
    Rename(String),
    Remove,
    Retype(Value),
}

fn change() -> impl Strategy<Value = Change> {
    let values = [
        json!(null),
        json!(7),
        json!(true),
        json!("word"),
        json!([]),
        json!([1]),
        json!({}),
        json!({ "a": 1 }),
    ];
    prop_oneof![
        "[a-z]{1,8}".prop_map(Change::Rename),
        "\\PC{1,8}".prop_map(Change::Rename),
        Just(Change::Remove),
        prop::sample::select(values.to_vec()).prop_map(Change::Retype),
    ]
}

/// The lines from the key of `path` to the last of what it holds.
fn region(value: &Value, text: &str, path: &[Segment]) -> std::ops::RangeInclusive<usize> {
    let tree = Tree::parse("a", text.as_bytes()).unwrap();
    let first = tree.locate(&path::join(path)).line;
    let mut value = value.clone();
    let lines = spread(at_mut(&mut value, path)).lines().count();
    first..=first + lines - 1
}

fn reports(changed: &Value) -> Result<(), Report> {
    load_bytes("a.yaml", spread(changed).as_bytes(), &StandIn).map(|_| ())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_changed_key_is_still_good_or_told_in_its_region(pick in any::<prop::sample::Index>(), change in change()) {
        let mut value = original();
        let mut all = Vec::new();
        keys(&value, &mut Vec::new(), &mut all);
        let (holder, key) = all[pick.index(all.len())].clone();
        let map = at_mut(&mut value, &holder).as_object_mut().unwrap();
        let old = map.remove(&key).unwrap();
        // What is told of: the key; of a key that went away, what held it.
        let mut place = holder.clone();
        match &change {
            Change::Rename(new) => {
                map.insert(new.clone(), old);
            }
            Change::Remove => {}
            Change::Retype(new) => {
                map.insert(key.clone(), new.clone());
                place.push(Segment::Key(key.clone()));
            }
        }
        // Other parts name a source: without it they are told, in the same environment.
        if holder.last() == Some(&Segment::Key("sources".to_owned())) || key == "sources" {
            place = holder[..holder.len().min(6)].to_vec();
        }
        // A key of a credential may be a secret itself, so it is told at the credential.
        if holder.last() == Some(&Segment::Key("credential".to_owned())) {
            place = holder.clone();
        }
        // Files are named below the folder of secrets.
        let elsewhere = key == "secrets" || holder.first() == Some(&Segment::Key("secrets".to_owned()));
        if let Err(report) = reports(&value) {
            let region = region(&value, &spread(&value), &place);
            let told = report.findings().iter().any(|finding| region.contains(&finding.line));
            prop_assert!(told || elsewhere, "{} {:?} {:?}\n{}", key, change, region, report);
        }
    }

    #[test]
    fn any_text_is_settings_or_a_report(text in r#"(workspaces|gateway|tokens|[ \n:\-a-z{}\[\],"'0-9*&]){0,40}"#) {
        if let Err(report) = load_bytes("a.yaml", text.as_bytes(), &StandIn) {
            prop_assert!(!report.findings().is_empty());
            report.picture(true);
        }
    }
}
