//! What processes keep for themselves: one place for what must outlive them, tokens among them where
//! callers need one, and no source that gets hold of a key of theirs.

use passport_evidence::problem::Problem;
use serde_json::{Value, json};

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
    problems.extend(store.and_then(unused_word));
    problems.extend(open_collectors(file));
    let own: Vec<_> = own_secrets(file)
        .filter(|it| it.is_object())
        .cloned()
        .chain(keys(file))
        .collect();
    for source in places::sources(file) {
        let taken = own.iter().flat_map(|own| named_by(source.value, own, ""));
        problems.extend(taken.map(|at| not_for_sources(&at).under(&source.path())));
    }
    problems
}

/// What is allowed of a database that nobody names would be found there when one is.
fn unused_word(store: &Value) -> Option<Problem> {
    let allowed = store.get("allow_plain_postgres")?;
    (allowed == &Value::Bool(true) && store.get("postgres").is_none()).then(|| {
        Problem::new(
            path::key(STORE, "allow_plain_postgres"),
            "is about a database, and none is named",
            "name it as `postgres`, or take this out",
        )
    })
}

fn collectors(file: &Value) -> impl Iterator<Item = (&String, &Value)> {
    let collectors = file.get(COLLECTORS).and_then(Value::as_object);
    collectors.into_iter().flatten()
}

fn own_secrets(file: &Value) -> impl Iterator<Item = &Value> {
    let tokens = collectors(file).filter_map(|(_, collector)| collector.get("token"));
    let database = file.get(STORE).and_then(|store| store.get("postgres"));
    let signing = file.get("gateway").and_then(|it| it.get("signing_key"));
    let persons = file.get("persons").and_then(|it| it.get("key"));
    tokens.chain(database).chain(signing).chain(persons)
}

/// Keys of certificates, as a source would refer to them.
fn keys(file: &Value) -> impl Iterator<Item = Value> {
    let collectors = collectors(file).map(|(_, collector)| collector);
    let shown = file.get("gateway").into_iter().chain(collectors);
    shown.filter_map(|it| Some(json!({ "file": it.get("tls")?.get("key")? })))
}

/// What callers of the gateway have to show something for must not be had for nothing next door.
fn open_collectors(file: &Value) -> Vec<Problem> {
    let has_callers = |key| file.get("gateway").is_some_and(|it| lists_any(it, key));
    if !["tokens", "clients", "oidc", "hooks"]
        .into_iter()
        .any(has_callers)
    {
        return Vec::new();
    }
    let is_open = |it: &Value| it.get("token").is_none() && !lists_any(it, "clients");
    let open = collectors(file).filter(|(_, it)| it.is_object() && is_open(it));
    let problem = |(name, _): (&String, &Value)| {
        Problem::new(
            path::key(COLLECTORS, name),
            "lets everybody in who reaches it, while the gateway asks its callers who they are",
            "add `token: { env: NAME }`, which the gateway and the collector both read, or \
             `clients` with the gateway among them",
        )
    };
    open.map(problem).collect()
}

fn lists_any(value: &Value, key: &str) -> bool {
    let list = value.get(key).and_then(Value::as_array);
    list.is_some_and(|list| !list.is_empty())
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
