//! Changes of objects, at random.

use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

use super::world::container;

/// One change.
#[derive(Debug, Clone)]
pub enum Change {
    Delete(&'static str),
    Put(&'static str, Value),
    Swap(&'static str, &'static str),
    Double(&'static str),
}

fn value(words: &'static [&'static str]) -> impl Strategy<Value = Value> {
    prop_oneof![
        6 => select(words).prop_map(Value::from),
        2 => Just(Value::Null),
        3 => select(vec![
            json!(0), json!(1), json!(2), json!(3), json!(7), json!(8), json!(-1), json!(1.5),
            json!(u32::MAX), json!(u64::MAX), json!(2_147_483_647), json!(true), json!(false),
        ]),
        2 => select(vec![
            json!([]), json!({}), json!({"running": {}}), json!({"waiting": {}}),
            json!({"waiting": {"reason": "CrashLoopBackOff"}}), json!({"exitCode": 0}),
            json!({"running": {}, "terminated": {"exitCode": 0}}),
            json!({"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable"}),
            json!([{"type": "Ready", "status": "True"}, {"type": "Ready", "status": "False"}]),
            json!({"terminated": {"exitCode": 0, "finishedAt": "2026-05-03T09:20:00Z"}}),
            container(),
        ]),
        1 => ".{0,12}".prop_map(Value::from),
    ]
}

/// A change at one of these places, to one of these words or to something else.
pub fn change(
    pointers: &'static [&'static str],
    words: &'static [&'static str],
    lists: &'static [&'static str],
) -> impl Strategy<Value = Change> {
    let pointer = move || select(pointers);
    prop_oneof![
        2 => pointer().prop_map(Change::Delete),
        5 => (pointer(), value(words)).prop_map(|(at, value)| Change::Put(at, value)),
        1 => (pointer(), pointer()).prop_map(|(one, other)| Change::Swap(one, other)),
        1 => select(lists).prop_map(Change::Double),
    ]
}

/// Puts a value where it is or could be.
pub fn put(world: &mut Value, at: &str, value: Value) {
    let (parent, key) = at.rsplit_once('/').unwrap();
    match world.pointer_mut(parent) {
        Some(Value::Object(keys)) => {
            keys.insert(key.replace("~1", "/"), value);
        }
        Some(Value::Array(items)) => {
            if let Some(item) = items.get_mut(key.parse().unwrap_or(usize::MAX)) {
                *item = value;
            }
        }
        _ => {}
    }
}

fn delete(world: &mut Value, at: &str) {
    let (parent, key) = at.rsplit_once('/').unwrap();
    match world.pointer_mut(parent) {
        Some(Value::Object(keys)) => {
            keys.remove(&key.replace("~1", "/"));
        }
        Some(Value::Array(items)) => {
            let index = key.parse().unwrap_or(usize::MAX);
            if index < items.len() {
                items.remove(index);
            }
        }
        _ => {}
    }
}

/// Changes the world so.
pub fn apply(world: &mut Value, change: &Change) {
    match change {
        Change::Put(at, value) => put(world, at, value.clone()),
        Change::Delete(at) => delete(world, at),
        Change::Double(at) => {
            let items = world.pointer_mut(at).and_then(Value::as_array_mut);
            if let Some(items) = items
                && let Some(first) = items.first().cloned()
            {
                items.push(first);
            }
        }
        Change::Swap(one, other) => {
            let found = [one, other].map(|it| world.pointer(it).cloned());
            if let [Some(first), Some(second)] = found {
                put(world, one, second);
                put(world, other, first);
            }
        }
    }
}
