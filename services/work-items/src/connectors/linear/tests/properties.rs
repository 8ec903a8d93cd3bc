//! Whatever Linear answers, only what the answers really say passes.

use passport_evidence::{Fact, Status};
use passport_testkit::change::places;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    bench::{answers, by_label, by_state, judged},
    oracle::may_pass,
};
use crate::connectors::{
    changes::{self, Change},
    linear::wanted::Wanted,
};

const ANSWERS: u32 = 20_000;

fn sources() -> [(&'static str, Wanted); 2] {
    [("label", by_label()), ("state", by_state())]
}

fn passed(facts: &[Fact]) -> impl Iterator<Item = &Fact> {
    facts.iter().filter(|it| it.status() == Status::Passed)
}

fn change() -> impl Strategy<Value = Change> {
    let texts = [
        "",
        "ENG-42",
        "ENG-43",
        "OPS-7",
        "ENG",
        "OPS",
        "st-done",
        "st-other",
        "completed",
        "canceled",
        "duplicate",
        "started",
        "triage",
        "paused",
        "lb-approved",
        "lb-other",
        "us-1",
        "us-2",
        "blocks",
        "related",
        "depends",
        "a",
        "c",
        "planned",
        "2026-05-03T08:00:00Z",
        "2026-05-03T08:30:00.5Z",
        "2026-05-03T09:00:00+02:00",
        "yesterday",
    ];
    let mut values: Vec<_> = texts.iter().map(|it| json!(it)).collect();
    values.extend([
        json!(null),
        json!(true),
        json!(false),
        json!(0),
        json!(1),
        json!(3),
        json!([]),
        json!({}),
        json!(["ENG-42"]),
        json!(["lb-approved"]),
        json!([{"message": "no"}]),
        json!([{"path": ["issue"]}]),
        json!([{"path": ["issue", "history", "nodes", 0]}]),
        json!([{"path": ["issue", "inverseRelations"]}]),
        json!([{"path": ["issue", "team"]}, {"message": "no"}]),
        json!({"key": "OPS"}),
        json!({"type": "started"}),
        json!({"nodes": [], "pageInfo": {"hasNextPage": false}}),
        json!({"nodes": [], "pageInfo": {"hasNextPage": true}}),
        json!({"hasNextPage": true}),
        json!([[]]),
    ]);
    changes::change(&answers(), values)
}

#[test]
fn an_issue_of_which_all_is_good_passes_all_that_it_can() {
    for (by, wanted) in sources() {
        let facts = judged(&answers(), &wanted);
        assert_eq!(passed(&facts).count(), 5, "{facts:?}");
        for it in passed(&facts) {
            assert!(may_pass(&answers(), by, it.name().as_str()), "{it:?}");
        }
    }
}

/// Taking any one thing away never lets pass what did not pass before.
#[test]
fn what_is_taken_away_never_makes_a_pass() {
    for (_, wanted) in sources() {
        let before = judged(&answers(), &wanted);
        let before: Vec<_> = passed(&before).map(|it| it.name().clone()).collect();
        for at in places(&answers()) {
            for change in [
                Change::Lost(at.clone()),
                Change::Set(at.clone(), Value::Null),
            ] {
                let mut changed = answers();
                change.apply(&mut changed);
                for it in passed(&judged(&changed, &wanted)) {
                    assert!(before.contains(it.name()), "{change:?}: {it:?}");
                }
            }
        }
    }
}

/// Whoever approves, only the sign is told.
#[test]
fn nobody_is_told() {
    for (_, wanted) in sources() {
        let facts = format!("{:?}", judged(&answers(), &wanted));
        assert!(!facts.contains("us-1"), "{facts}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ANSWERS))]

    #[test]
    fn changed_answers_pass_nothing_that_they_do_not_say(
        changes in prop::collection::vec(change(), 1..4),
    ) {
        let mut changed = answers();
        for change in &changes {
            change.apply(&mut changed);
        }
        for (by, wanted) in sources() {
            let facts = judged(&changed, &wanted);
            for fact in passed(&facts) {
                let name = fact.name().as_str();
                prop_assert!(may_pass(&changed, by, name), "{by}: {fact:?} passed of {changed}");
            }
        }
    }
}
