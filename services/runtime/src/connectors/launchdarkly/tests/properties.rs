//! Whatever is changed in what LaunchDarkly says of a good flag, nothing passes that it does not say.

use passport_testkit::change::Change;
use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

use super::{
    oracle::{NOW, World},
    world::{good, passed},
};

const CHANGED: u32 = 20_000;

const CONFIG: &str = "/flag/environments/production";
/// What is read, below the flag in the environment.
const OF_CONFIG: [&str; 16] = [
    "",
    "/lastModified",
    "/on",
    "/archived",
    "/rules",
    "/rules/0/disabled",
    "/rules/0/variation",
    "/targets",
    "/targets/0/values",
    "/contextTargets",
    "/fallthrough",
    "/fallthrough/variation",
    "/fallthrough/rollout",
    "/offVariation",
    "/prerequisites",
    "/prerequisites/0/variation",
];
/// What else is read.
const OTHERS: [&str; 25] = [
    "/flag/archived",
    "/flag/variations",
    "/flag/variations/0/value",
    "/flag/variations/1/value",
    "/flag/environments",
    "/base",
    "/base/archived",
    "/base/environments/production/on",
    "/base/environments/production/fallthrough",
    "/base/environments/production/prerequisites",
    "/status/name",
    "/status/lastRequested",
    "/approvals",
    "/approvals/0/status",
    "/approvals/0/reviewStatus",
    "/scheduled",
    "/scheduled/0/executionDate",
    "/settings",
    "/settings/flag",
    "/settings/flag/_default",
    "/settings/flag/_strict/required",
    "/settings/flag/environments/production",
    "/settings/flag/environments/production/required",
    "/settings/flag/environments/production/canReviewOwnRequest",
    "/settings/flag/environments/production/requiredApprovalTags",
];

fn pointer() -> impl Strategy<Value = String> {
    prop_oneof![
        select(&OF_CONFIG[..]).prop_map(|it| format!("{CONFIG}{it}")),
        select(&OTHERS[..]).prop_map(str::to_owned),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let rollout = |one: i64, other: i64| {
        let parts = json!([{"variation": 0, "weight": one}, {"variation": 1, "weight": other}]);
        json!({"rollout": {"variations": parts}})
    };
    let rollouts = vec![
        rollout(60_000, 40_000),
        rollout(100_000, 0),
        rollout(0, 100_000),
        rollout(60_000, 50_000),
        rollout(200_000, -100_000),
        json!({"rollout": {"variations": [{"variation": 0, "weight": 100_000}], "experimentAllocation": {}}}),
        json!({"variation": 0, "rollout": {"variations": []}}),
        json!({"variation": 1}),
    ];
    let words = vec![
        "active",
        "launched",
        "new",
        "inactive",
        "pending",
        "scheduled",
        "completed",
        "failed",
        "declined",
        "approved",
        "base",
        "true",
        "",
        "2026-05-01T00:00:00Z",
        "2026-05-03T12:00:00Z",
    ];
    prop_oneof![
        2 => select(rollouts),
        2 => select(words).prop_map(Value::from),
        2 => select(vec![json!(true), json!(false), json!(0), json!(1), json!(2), json!(-1)]),
        1 => select(vec![json!(NOW), json!(NOW + 1_000), json!(1.5), json!(i64::MAX)]),
        2 => Just(Value::Null),
        2 => select(vec![
            json!([]), json!({}), json!([[0]]), json!(["pending", "pending"]), json!(["u-1"]),
            json!([{"clauses": [], "variation": 1}]), json!([{"values": ["u"], "variation": 1}]),
            json!([{"values": [], "variation": 1}]), json!([{"key": "base", "variation": 1}]),
            json!([{"key": "other", "variation": 0}]), json!([{"value": false}, {"value": true}]),
            json!([{"status": "pending", "reviewStatus": "pending"}]),
        ]),
    ]
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        2 => pointer().prop_map(Change::lost),
        5 => (pointer(), value()).prop_map(Change::set),
        1 => (pointer(), pointer()).prop_map(Change::swapped),
    ]
}

#[test]
fn a_flag_about_which_nothing_is_wrong_passes_in_all() {
    let all = good();
    let facts = passed(&all);
    assert_eq!(facts.len(), 7, "{facts:?}");
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
