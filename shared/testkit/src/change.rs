//! Answers with a part changed, for tests of what may pass then.

use serde_json::Value;

/// One change, at a JSON pointer.
#[derive(Debug, Clone)]
pub enum Change {
    /// A part is not there.
    Lost(String),
    /// A part is something else, or there at all: a key more, or an item after the last.
    Set(String, Value),
    /// An item of a list is there twice.
    Doubled(String),
    /// A list has an item more at its end.
    Added(String, Value),
    /// Two parts are each in the other's place.
    Swapped(String, String),
}

/// A document after these changes, one after the other.
pub fn changed(mut document: Value, changes: &[Change]) -> Value {
    changes.iter().for_each(|it| it.apply(&mut document));
    document
}

/// Pointers to every part of a document, but the whole.
pub fn places(document: &Value) -> Vec<String> {
    let mut all = Vec::new();
    collect(document, "", &mut all);
    all
}

fn collect(json: &Value, at: &str, all: &mut Vec<String>) {
    let mut below = |key: &str, child: &Value| {
        let at = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
        all.push(at.clone());
        collect(child, &at, all);
    };
    match json {
        Value::Object(keys) => keys.iter().for_each(|(key, it)| below(key, it)),
        Value::Array(items) => {
            let items = items.iter().enumerate();
            items.for_each(|(at, it)| below(&at.to_string(), it));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

// === impl Change ===

impl Change {
    /// A part is lost.
    pub fn lost(at: impl Into<String>) -> Self {
        Self::Lost(at.into())
    }

    /// A part is something else.
    pub fn set((at, value): (impl Into<String>, Value)) -> Self {
        Self::Set(at.into(), value)
    }

    /// The first item of a list is there twice.
    pub fn first_doubled(list: &str) -> Self {
        Self::Doubled(format!("{list}/0"))
    }

    /// A list has an item more.
    pub fn added((list, value): (impl Into<String>, Value)) -> Self {
        Self::Added(list.into(), value)
    }

    /// Two parts are each in the other's place.
    pub fn swapped((one, other): (impl Into<String>, impl Into<String>)) -> Self {
        Self::Swapped(one.into(), other.into())
    }

    /// Makes the change, where there is still something to change.
    pub fn apply(&self, document: &mut Value) {
        match self {
            Self::Lost(at) => lose(document, at),
            Self::Set(at, value) => set(document, at, value.clone()),
            Self::Doubled(at) => double(document, at),
            Self::Added(list, value) => {
                if let Some(Value::Array(items)) = document.pointer_mut(list) {
                    items.push(value.clone());
                }
            }
            Self::Swapped(one, other) => {
                let found = [one, other].map(|it| document.pointer(it).cloned());
                if let [Some(first), Some(second)] = found {
                    set(document, one, second);
                    // Where it lay in the other it is not there any more.
                    set(document, other, first);
                }
            }
        }
    }
}

/// What a pointer's last part is of, and that part.
fn parent<'a>(document: &'a mut Value, at: &str) -> Option<(&'a mut Value, String)> {
    let (parent, key) = at.rsplit_once('/')?;
    let key = key.replace("~1", "/").replace("~0", "~");
    Some((document.pointer_mut(parent)?, key))
}

/// The index of an item that is there.
fn index(items: &[Value], key: &str) -> Option<usize> {
    key.parse().ok().filter(|at| *at < items.len())
}

fn lose(document: &mut Value, at: &str) {
    match parent(document, at) {
        Some((Value::Object(keys), key)) => drop(keys.remove(&key)),
        Some((Value::Array(items), key)) => {
            if let Some(at) = index(items, &key) {
                items.remove(at);
            }
        }
        Some(_) | None => {}
    }
}

fn set(document: &mut Value, at: &str, value: Value) {
    match parent(document, at) {
        Some((Value::Object(keys), key)) => drop(keys.insert(key, value)),
        Some((Value::Array(items), key)) => match key.parse::<usize>() {
            Ok(at) if at == items.len() => items.push(value),
            Ok(at) => {
                if let Some(item) = items.get_mut(at) {
                    *item = value;
                }
            }
            Err(_) => {}
        },
        Some(_) | None => {}
    }
}

fn double(document: &mut Value, at: &str) {
    let Some((Value::Array(items), key)) = parent(document, at) else {
        return;
    };
    if let Some(at) = index(items, &key)
        && let Some(twin) = items.get(at).cloned()
    {
        items.insert(at, twin);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_part_can_be_changed_and_what_is_gone_can_not() {
        let document = json!({"a/b": [1, {"c": null}]});
        let places = places(&document);
        assert_eq!(places, ["/a~1b", "/a~1b/0", "/a~1b/1", "/a~1b/1/c"]);
        let changed = |change: Change| changed(document.clone(), &[change]);
        let at = |at: &str| at.to_owned();
        assert_eq!(changed(Change::Lost(at("/a~1b"))), json!({}));
        assert_eq!(changed(Change::Lost(at("/a~1b/1"))), json!({"a/b": [1]}));
        let doubled = json!({"a/b": [1, 1, {"c": null}]});
        assert_eq!(changed(Change::Doubled(at("/a~1b/0"))), doubled);
        let set = json!({"a/b": [1, {"c": 7}]});
        assert_eq!(changed(Change::Set(at("/a~1b/1/c"), json!(7))), set);
        let more = json!({"a/b": [1, {"c": null}, 2]});
        assert_eq!(changed(Change::added(("/a~1b", json!(2)))), more);
        assert_eq!(changed(Change::set(("/a~1b/2", json!(2)))), more);
        let swapped = json!({"a/b": [{"c": null}, 1]});
        assert_eq!(changed(Change::swapped(("/a~1b/0", "/a~1b/1"))), swapped);
        let inner = json!({"a/b": [1, null]});
        assert_eq!(changed(Change::swapped(("/a~1b/1", "/a~1b/1/c"))), inner);
        for gone in ["/x/y", "/a~1b/9", "/a~1b/x", ""] {
            assert_eq!(changed(Change::Doubled(at(gone))), document, "{gone}");
            assert_eq!(changed(Change::lost(gone)), document, "{gone}");
            assert_eq!(changed(Change::set((gone, json!(7)))), document, "{gone}");
            assert_eq!(changed(Change::added((gone, json!(7)))), document, "{gone}");
        }
        assert_eq!(changed(Change::swapped(("/x/y", "/a~1b"))), document);
    }
}
