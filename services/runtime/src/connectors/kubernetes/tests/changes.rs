//! Changes of objects, at random.

use passport_testkit::change::Change;
use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

use super::world::container;

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
        2 => pointer().prop_map(Change::lost),
        5 => (pointer(), value(words)).prop_map(Change::set),
        1 => (pointer(), pointer()).prop_map(Change::swapped),
        1 => select(lists).prop_map(Change::first_doubled),
    ]
}
