//! Whatever is changed in what a Nomad says of a good job, nothing passes that it does not say.

use passport_testkit::change::Change;
use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

use super::{
    draws::{POINTERS, WORDS},
    oracle::{DIGEST, World},
    world::{good, passed},
};

const CHANGED: u32 = 20_000;

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
        2 => pointer().prop_map(Change::lost),
        5 => (pointer(), value()).prop_map(Change::set),
        1 => (pointer(), pointer()).prop_map(Change::swapped),
        1 => select(vec![
            "/job/TaskGroups", "/job/TaskGroups/0/Tasks", "/deployments", "/allocations",
            "/allocations/0/TaskStates/server/Events",
        ]).prop_map(Change::first_doubled),
    ]
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
            change.apply(&mut all);
        }
        let found = passed(&all);
        let unearned: Vec<_> = found.iter().filter(|it| !World(&all).may_pass(it)).collect();
        prop_assert!(unearned.is_empty(), "{all}: {unearned:?}");
    }
}
