//! One place for what must outlive the process, and no source that gets hold of its key.

use passport_evidence::problem::Problem;
use serde_json::Value;

use crate::config::{path, places};

const STORE: &str = "store";

pub(super) fn problems(file: &Value) -> Vec<Problem> {
    let Some(store) = file.get(STORE) else {
        return Vec::new();
    };
    let mut problems = Vec::new();
    if store.get("folder").is_some() && store.get("postgres").is_some() {
        problems.push(Problem::new(
            STORE,
            "names both a folder and a database",
            "keep one of `folder` and `postgres`",
        ));
    }
    if let Some(own) = store.get("postgres").filter(|own| own.is_object()) {
        for source in places::sources(file) {
            let taken = named_by(source.value, own, "").into_iter();
            problems.extend(taken.map(|at| not_for_sources(&at).under(&source.path())));
        }
    }
    problems
}

fn not_for_sources(at: &str) -> Problem {
    Problem::new(
        at,
        "is where the process finds its own database, which no source may use",
        "give the source a credential of its own",
    )
}

/// Where a reference to the same secret stands, however deep.
fn named_by(value: &Value, own: &Value, at: &str) -> Vec<String> {
    if value == own {
        return vec![at.to_owned()];
    }
    match value {
        Value::Object(map) => map
            .iter()
            .flat_map(|(key, value)| named_by(value, own, &path::key(at, key)))
            .collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .flat_map(|(index, value)| named_by(value, own, &path::index(at, index)))
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}
