//! Answers with a part changed, for tests of what may pass then.

use proptest::{prelude::*, sample::select};
use serde_json::Value;

/// One change: at a pointer a part is lost, replaced or doubled.
#[derive(Debug, Clone)]
pub enum Change {
    Lost(String),
    Set(String, Value),
    Doubled(String),
}

/// Any change of these answers, to any of these values.
pub fn change(answers: &Value, values: Vec<Value>) -> impl Strategy<Value = Change> + use<> {
    let mut all = Vec::new();
    pointers(answers, "", &mut all);
    let at = || select(all.clone());
    prop_oneof![
        at().prop_map(Change::Lost),
        (at(), select(values)).prop_map(|(at, value)| Change::Set(at, value)),
        at().prop_map(Change::Doubled),
    ]
}

fn pointers(json: &Value, at: &str, all: &mut Vec<String>) {
    let mut below = |key: String, child: &Value| {
        let at = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
        all.push(at.clone());
        pointers(child, &at, all);
    };
    match json {
        Value::Object(keys) => keys.iter().for_each(|(key, it)| below(key.clone(), it)),
        Value::Array(items) => {
            let items = items.iter().enumerate();
            items.for_each(|(at, it)| below(at.to_string(), it));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

impl Change {
    /// Makes the change, where there is still something to change.
    pub fn apply(&self, answers: &mut Value) {
        let (Self::Lost(at) | Self::Set(at, _) | Self::Doubled(at)) = self;
        let (parent, key) = at.rsplit_once('/').unwrap();
        let key = key.replace("~1", "/").replace("~0", "~");
        match answers.pointer_mut(parent) {
            Some(Value::Object(keys)) => match self {
                Self::Lost(_) => drop(keys.remove(&key)),
                Self::Set(_, value) => drop(keys.insert(key, value.clone())),
                Self::Doubled(_) => {}
            },
            Some(Value::Array(items)) => {
                let at = key.parse().ok().filter(|at| *at < items.len());
                let Some(at) = at else { return };
                match self {
                    Self::Lost(_) => drop(items.remove(at)),
                    Self::Set(_, value) => items[at] = value.clone(),
                    Self::Doubled(_) => items.insert(at, items[at].clone()),
                }
            }
            Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) | None => {}
        }
    }
}
