//! Finding one's way in a schema and in the value that it judges.

use serde_json::Value;

use crate::config::path;

/// The sub-schema that `keyword_path` (a JSON pointer that may lead through `$ref`) stands in.
pub(super) fn holder<'s>(schema: &'s Value, keyword_path: &str) -> Option<&'s Value> {
    let (parent, _) = keyword_path.rsplit_once('/')?;
    parent.split('/').skip(1).try_fold(schema, |at, token| {
        if token == "$ref" { Some(follow(schema, at)) } else { step(at, &unescape(token)) }
    })
}

/// The schema itself, or the one that it refers to.
pub(super) fn follow<'s>(schema: &'s Value, at: &'s Value) -> &'s Value {
    let target = at.get("$ref").and_then(Value::as_str).and_then(|r| r.strip_prefix('#'));
    target.and_then(|pointer| schema.pointer(pointer)).unwrap_or(at)
}

/// First sentence of what a schema says of itself, or of what it refers to.
pub(super) fn description<'s>(schema: &'s Value, at: &'s Value) -> Option<&'s str> {
    let own = at.get("description").or_else(|| follow(schema, at).get("description"))?;
    let text = own.as_str()?;
    let text = text.split("\n\n").next()?.trim();
    Some(text.strip_suffix('.').unwrap_or(text))
}

/// A JSON pointer into `value` as the path that problems use.
pub(super) fn path_of(value: &Value, pointer: &str) -> String {
    let mut at = Some(value);
    pointer.split('/').skip(1).fold(String::new(), |path, token| {
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
    if at.is_array() { at.get(token.parse::<usize>().ok()?) } else { at.get(token) }
}

fn unescape(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}
