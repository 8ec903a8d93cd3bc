//! Tokens stand once, by id and by hash.

use std::collections::HashMap;

use passport_evidence::problem::Problem;
use serde_json::Value;

pub(super) fn problems(file: &Value) -> Vec<Problem> {
    let tokens = file.pointer("/gateway/tokens").and_then(Value::as_array);
    let tokens = tokens.map(Vec::as_slice).unwrap_or_default();
    let mut problems = twice(tokens, "id", "give each token an id of its own");
    problems.extend(twice(
        tokens,
        "sha256",
        "make a token of its own for each caller",
    ));
    problems
}

fn twice(tokens: &[Value], key: &str, fix: &str) -> Vec<Problem> {
    let mut seen = HashMap::new();
    let mut problems = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let Some(value) = token.get(key).and_then(Value::as_str) else {
            continue;
        };
        let first = *seen.entry(value).or_insert(at);
        if first != at {
            let reason = format!("is the same as that of gateway.tokens[{first}]");
            problems.push(Problem::new(
                format!("gateway.tokens[{at}].{key}"),
                reason,
                fix,
            ));
        }
    }
    problems
}
