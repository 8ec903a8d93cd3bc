//! What processes keep for themselves: one place for what must outlive them, tokens among them where
//! callers need one, and no source that gets hold of a key of theirs.

use passport_evidence::problem::Problem;
use serde_json::Value;

use crate::config::{path, places};

const STORE: &str = "store";
const COLLECTORS: &str = "collectors";

pub(super) fn problems(file: &Value) -> Vec<Problem> {
    let mut problems = Vec::new();
    let store = file.get(STORE);
    if store.is_some_and(|it| it.get("folder").is_some() && it.get("postgres").is_some()) {
        problems.push(Problem::new(
            STORE,
            "names both a folder and a database",
            "keep one of `folder` and `postgres`",
        ));
    }
    problems.extend(open_collectors(file));
    let own: Vec<_> = own_secrets(file).filter(|it| it.is_object()).collect();
    for source in places::sources(file) {
        let taken = own.iter().flat_map(|own| named_by(source.value, own, ""));
        problems.extend(taken.map(|at| not_for_sources(&at).under(&source.path())));
    }
    problems
}

fn collectors(file: &Value) -> impl Iterator<Item = (&String, &Value)> {
    let collectors = file.get(COLLECTORS).and_then(Value::as_object);
    collectors.into_iter().flatten()
}

fn own_secrets(file: &Value) -> impl Iterator<Item = &Value> {
    let tokens = collectors(file).filter_map(|(_, collector)| collector.get("token"));
    let database = file.get(STORE).and_then(|store| store.get("postgres"));
    tokens.chain(database)
}

/// What callers of the gateway have to show a token for must not be had without one next door.
fn open_collectors(file: &Value) -> Vec<Problem> {
    let tokens = file.pointer("/gateway/tokens").and_then(Value::as_array);
    if tokens.is_none_or(Vec::is_empty) {
        return Vec::new();
    }
    let open = collectors(file).filter(|(_, it)| it.is_object() && it.get("token").is_none());
    let problem = |(name, _): (&String, &Value)| {
        Problem::new(
            path::key(COLLECTORS, name),
            "lets everybody in who reaches it, while callers of the gateway have to show a token",
            "add `token: { env: NAME }`; the gateway and the collector both read it",
        )
    };
    open.map(problem).collect()
}

fn not_for_sources(at: &str) -> Problem {
    Problem::new(
        at,
        "is where a process finds a key of its own, which no source may use",
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
