//! Whatever is changed in what a Nomad says of a good job, nothing passes that it does not say.

use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

use super::{
    draws::{POINTERS, WORDS},
    oracle::{DIGEST, World},
    world::{good, passed},
};

const CHANGED: u32 = 20_000;

#[derive(Debug, Clone)]
enum Change {
    Delete(&'static str),
    Put(&'static str, Value),
    Swap(&'static str, &'static str),
    Double(&'static str),
}

fn value() -> impl Strategy<Value = Value> {
    let image = format!("images.example/api@{DIGEST}");
    prop_oneof![
        6 => select(&WORDS[..]).prop_map(Value::from),
        2 => Just(Value::Null),
        3 => select(vec![
            json!(0), json!(1), json!(2), json!(3), json!(10), json!(11), json!(12), json!(13),
            json!(-1), json!(1.5), json!(u32::MAX), json!(u64::MAX), json!(true), json!(false),
            json!(1_777_800_000_000_000_000_i64), json!(1_777_795_200_000_000_000_i64),
            json!(1_777_800_580), json!(1_777_790_000),
        ]),
        2 => select(vec![
            json!([]), json!({}), json!({"image": image}), json!({"HealthCheck": "checks"}),
            json!({"Group": "checkout-api.web[0]", "Mode": "healthiness", "Status": "failure",
                "Timestamp": 1_777_800_580}),
            json!({"Healthy": true}), json!(["running", false, 0, null, []]), json!([[true]]),
            json!({"State": "running", "Failed": false}), json!({"Hook": "poststop"}),
            json!({"server": {"State": "running", "Failed": false}}),
            json!({"web": {"DesiredCanaries": 0, "DesiredTotal": 0, "HealthyAllocs": 0}}),
        ]),
        1 => ".{0,12}".prop_map(Value::from),
    ]
}

fn change() -> impl Strategy<Value = Change> {
    let pointer = || select(&POINTERS[..]);
    prop_oneof![
        2 => pointer().prop_map(Change::Delete),
        5 => (pointer(), value()).prop_map(|(at, value)| Change::Put(at, value)),
        1 => (pointer(), pointer()).prop_map(|(one, other)| Change::Swap(one, other)),
        1 => select(vec![
            "/job/TaskGroups", "/job/TaskGroups/0/Tasks", "/deployments", "/allocations",
            "/allocations/0/TaskStates/server/Events",
        ]).prop_map(Change::Double),
    ]
}

/// Puts a value where it is or could be.
fn put(world: &mut Value, at: &str, value: Value) {
    let (parent, key) = at.rsplit_once('/').unwrap();
    match world.pointer_mut(parent) {
        Some(Value::Object(keys)) => {
            keys.insert(key.to_owned(), value);
        }
        Some(Value::Array(items)) => {
            if let Some(item) = items.get_mut(key.parse().unwrap_or(usize::MAX)) {
                *item = value;
            }
        }
        _ => {}
    }
}

fn apply(world: &mut Value, change: &Change) {
    match change {
        Change::Put(at, value) => put(world, at, value.clone()),
        Change::Delete(at) => {
            let (parent, key) = at.rsplit_once('/').unwrap();
            match world.pointer_mut(parent) {
                Some(Value::Object(keys)) => drop(keys.remove(key)),
                Some(Value::Array(items)) if !items.is_empty() => drop(items.remove(0)),
                _ => {}
            }
        }
        Change::Double(at) => {
            if let Some(Value::Array(items)) = world.pointer_mut(at)
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

#[test]
fn a_job_about_which_nothing_is_wrong_passes_in_all() {
    let all = good();
    let facts = passed(&all);
    assert_eq!(facts.len(), 5, "{facts:?}");
    assert!(facts.iter().all(|it| World(&all).may_pass(it)), "{facts:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CHANGED))]

    #[test]
    fn changed_answers_pass_nothing_that_they_do_not_say(
        changes in prop::collection::vec(change(), 1..5),
    ) {
        let mut all = good();
        for change in &changes {
            apply(&mut all, change);
        }
        let found = passed(&all);
        let unearned: Vec<_> = found.iter().filter(|it| !World(&all).may_pass(it)).collect();
        prop_assert!(unearned.is_empty(), "{all}: {unearned:?}");
    }
}
