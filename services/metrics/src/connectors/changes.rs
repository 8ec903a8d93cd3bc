//! Answers of a provider of which parts are taken away or replaced, at random.

use proptest::{prelude::*, sample::select};
use serde_json::Value;

/// A part that is taken away, or replaced.
#[derive(Debug, Clone)]
pub struct Change {
    at: prop::sample::Index,
    put: Option<Value>,
}

/// A few changes; what is put somewhere is one of these values.
pub fn changes(values: Vec<Value>) -> impl Strategy<Value = Vec<Change>> {
    let put = prop_oneof![1 => Just(None), 3 => select(values).prop_map(Some)];
    let change = (any::<prop::sample::Index>(), put).prop_map(|(at, put)| Change { at, put });
    prop::collection::vec(change, 0..4)
}

/// The answer with its parts changed, one after the other.
pub fn changed(mut body: Value, changes: &[Change]) -> Value {
    for change in changes {
        let mut places = Vec::new();
        pointers(&body, String::new(), &mut places);
        if places.is_empty() {
            return body;
        }
        let place = &places[change.at.index(places.len())];
        match &change.put {
            Some(value) => *body.pointer_mut(place).unwrap() = value.clone(),
            None => delete(&mut body, place),
        }
    }
    body
}

fn pointers(value: &Value, at: String, places: &mut Vec<String>) {
    if !at.is_empty() {
        places.push(at.clone());
    }
    match value {
        Value::Object(all) => {
            let escaped = |key: &String| key.replace('~', "~0").replace('/', "~1");
            all.iter()
                .for_each(|(key, it)| pointers(it, format!("{at}/{}", escaped(key)), places));
        }
        Value::Array(all) => {
            let each = all.iter().enumerate();
            each.for_each(|(index, it)| pointers(it, format!("{at}/{index}"), places));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn delete(body: &mut Value, at: &str) {
    let (parent, key) = at.rsplit_once('/').unwrap();
    match body.pointer_mut(parent).unwrap() {
        Value::Object(object) => drop(object.remove(&key.replace("~1", "/").replace("~0", "~"))),
        Value::Array(array) => drop(array.remove(key.parse().unwrap())),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
