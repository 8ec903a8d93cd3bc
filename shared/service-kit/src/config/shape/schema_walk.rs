//! Finding one's way in a schema and in the value that it judges.

use serde_json::Value;

use crate::config::path;

/// The sub-schema that `keyword_path` (a JSON pointer that may lead through `$ref`) stands in.
pub(super) fn holder<'s>(schema: &'s Value, keyword_path: &str) -> Option<&'s Value> {
    let (parent, _) = keyword_path.rsplit_once('/')?;
    parent.split('/').skip(1).try_fold(schema, |at, token| {
        if token == "$ref" {
            Some(follow(schema, at))
        } else {
            step(at, &unescape(token))
        }
    })
}

/// The schema itself, or the one that it refers to.
pub(super) fn follow<'s>(schema: &'s Value, at: &'s Value) -> &'s Value {
    let target = at
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|r| r.strip_prefix('#'));
    target
        .and_then(|pointer| schema.pointer(pointer))
        .unwrap_or(at)
}

/// First sentence of what a schema says of itself, or of what it refers to, to go on with after a
/// colon.
pub(super) fn description(schema: &Value, at: &Value) -> Option<String> {
    let own = at
        .get("description")
        .or_else(|| follow(schema, at).get("description"))?;
    let text = own
        .as_str()?
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    let sentence = text.split(". ").next()?;
    let mut letters = sentence.strip_suffix('.').unwrap_or(sentence).chars();
    let first = letters.next()?;
    let acronym = letters
        .clone()
        .next()
        .is_some_and(|second| second.is_ascii_uppercase());
    let first = if acronym {
        first
    } else {
        first.to_ascii_lowercase()
    };
    Some(std::iter::once(first).chain(letters).collect())
}

/// A JSON pointer into `value` as the path that problems use.
pub(super) fn path_of(value: &Value, pointer: &str) -> String {
    let mut at = Some(value);
    pointer
        .split('/')
        .skip(1)
        .fold(String::new(), |path, token| {
            let token = unescape(token);
            let list = at.is_some_and(Value::is_array);
            at = at.and_then(|at| step(at, &token));
            match token.parse() {
                Ok(index) if list => path::index(&path, index),
                _ => path::key(&path, &token),
            }
        })
}

fn step<'v>(at: &'v Value, token: &str) -> Option<&'v Value> {
    if at.is_array() {
        at.get(token.parse::<usize>().ok()?)
    } else {
        at.get(token)
    }
}

fn unescape(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}
