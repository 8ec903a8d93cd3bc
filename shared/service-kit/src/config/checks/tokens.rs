//! Tokens stand once, by id and by hash.

use std::collections::HashMap;

use passport_evidence::problem::Problem;
use serde_json::Value;

use crate::config::path;

pub(super) fn problems(file: &Value) -> Vec<Problem> {
    let tokens = listed(file.get("gateway"), "gateway", "tokens");
    let mut problems = twice(&tokens, "id", "give each token an id of its own");
    let fix = "make a token of its own for each caller";
    problems.extend(twice(&tokens, "sha256", fix));
    problems
}

/// The items of a list below `parent`, each with its path.
pub(super) fn listed<'a>(
    parent: Option<&'a Value>,
    at: &str,
    key: &str,
) -> Vec<(String, &'a Value)> {
    let list = parent.and_then(|parent| parent.get(key)?.as_array());
    let at = path::key(at, key);
    let items = list.into_iter().flatten().enumerate();
    items
        .map(|(index, item)| (path::index(&at, index), item))
        .collect()
}

/// Items that have the same text under a key as one before them.
pub(super) fn twice(items: &[(String, &Value)], key: &str, fix: &str) -> Vec<Problem> {
    let mut seen = HashMap::new();
    let mut problems = Vec::new();
    for (at, item) in items {
        let Some(value) = item.get(key).and_then(Value::as_str) else {
            continue;
        };
        let first = *seen.entry(value).or_insert(at);
        if first != at {
            let reason = format!("is the same as that of {first}");
            problems.push(Problem::new(path::key(at, key), reason, fix));
        }
    }
    problems
}
