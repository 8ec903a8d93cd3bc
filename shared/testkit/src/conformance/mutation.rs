//! Documents with one thing changed. Pure.

use std::fmt;

use serde_json::Value;

/// What was done to one part of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    pointer: String,
    act: Act,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Deleted,
    Nulled,
    Doubled,
}

/// The document with each part at every depth deleted, nulled and, in a list, doubled, one at a
/// time.
pub(super) fn mutants(json: &Value) -> Vec<(Change, Value)> {
    let mut mutants = Vec::new();
    for pointer in pointers(json) {
        for act in [Act::Deleted, Act::Nulled, Act::Doubled] {
            let mut mutant = json.clone();
            if change(&mut mutant, &pointer, act).is_some() {
                let pointer = pointer.clone();
                mutants.push((Change { pointer, act }, mutant));
            }
        }
    }
    mutants
}

/// The document with each of its texts, one at a time, followed by `secret`.
pub(super) fn plantings(json: &Value, secret: &str) -> Vec<(String, Value)> {
    let mut plantings = Vec::new();
    for pointer in pointers(json) {
        let mut planted = json.clone();
        if let Some(Value::String(text)) = planted.pointer_mut(&pointer) {
            text.push(' ');
            text.push_str(secret);
            plantings.push((pointer, planted));
        }
    }
    plantings
}

/// JSON pointers to all parts at every depth, the whole aside.
fn pointers(json: &Value) -> Vec<String> {
    let children: Vec<(String, &Value)> = match json {
        Value::Object(keys) => keys.iter().map(|(key, it)| (escaped(key), it)).collect(),
        Value::Array(items) => {
            let items = items.iter().enumerate();
            items.map(|(at, item)| (at.to_string(), item)).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    };
    let below = |(key, child): (String, &Value)| {
        let inner = pointers(child);
        let inner = inner.into_iter().map(|inner| format!("/{key}{inner}"));
        std::iter::once(format!("/{key}"))
            .chain(inner)
            .collect::<Vec<_>>()
    };
    children.into_iter().flat_map(below).collect()
}

fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// `None` where the act means nothing there.
fn change(json: &mut Value, pointer: &str, act: Act) -> Option<()> {
    let (parent, key) = pointer.rsplit_once('/')?;
    let parent = json.pointer_mut(parent)?;
    match act {
        Act::Nulled => *parent.pointer_mut(&format!("/{key}"))? = Value::Null,
        Act::Deleted => match parent {
            Value::Object(keys) => {
                keys.remove(&key.replace("~1", "/").replace("~0", "~"))?;
            }
            Value::Array(items) => {
                items.remove(key.parse().ok()?);
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return None,
        },
        Act::Doubled => {
            let items = parent.as_array_mut()?;
            let at: usize = key.parse().ok()?;
            let item = items.get(at)?.clone();
            items.insert(at, item);
        }
    }
    Some(())
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let act = match self.act {
            Act::Deleted => "deleted",
            Act::Nulled => "null",
            Act::Doubled => "doubled",
        };
        write!(f, "{} {act}", self.pointer)
    }
}
