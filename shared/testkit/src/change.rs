//! Answers with a part changed, for tests of what may pass then.

use serde_json::Value;

/// One change: at a JSON pointer a part is lost, replaced or doubled.
#[derive(Debug, Clone)]
pub enum Change {
    /// It is not there.
    Lost(String),
    /// It is something else.
    Set(String, Value),
    /// An item of a list is there twice.
    Doubled(String),
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
    /// Makes the change, where there is still something to change.
    pub fn apply(&self, document: &mut Value) {
        let (Self::Lost(at) | Self::Set(at, _) | Self::Doubled(at)) = self;
        let Some((parent, key)) = at.rsplit_once('/') else {
            return;
        };
        let key = key.replace("~1", "/").replace("~0", "~");
        match document.pointer_mut(parent) {
            Some(Value::Object(keys)) => match self {
                Self::Lost(_) => drop(keys.remove(&key)),
                Self::Set(_, value) => drop(keys.insert(key, value.clone())),
                Self::Doubled(_) => {}
            },
            Some(Value::Array(items)) => self.apply_to_item(&key, items),
            Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) | None => {}
        }
    }

    fn apply_to_item(&self, key: &str, items: &mut Vec<Value>) {
        let at = key.parse::<usize>().ok();
        let Some((at, item)) = at.and_then(|at| Some((at, items.get_mut(at)?))) else {
            return;
        };
        match self {
            Self::Lost(_) => drop(items.remove(at)),
            Self::Set(_, value) => *item = value.clone(),
            Self::Doubled(_) => {
                let twin = item.clone();
                items.insert(at, twin);
            }
        }
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
        let changed = |change: Change| {
            let mut document = document.clone();
            change.apply(&mut document);
            document
        };
        let at = |at: &str| at.to_owned();
        assert_eq!(changed(Change::Lost(at("/a~1b"))), json!({}));
        assert_eq!(changed(Change::Lost(at("/a~1b/1"))), json!({"a/b": [1]}));
        let doubled = json!({"a/b": [1, 1, {"c": null}]});
        assert_eq!(changed(Change::Doubled(at("/a~1b/0"))), doubled);
        let set = json!({"a/b": [1, {"c": 7}]});
        assert_eq!(changed(Change::Set(at("/a~1b/1/c"), json!(7))), set);
        for gone in ["/x/y", "/a~1b/9", "/a~1b/x", ""] {
            assert_eq!(changed(Change::Doubled(at(gone))), document, "{gone}");
        }
    }
}
