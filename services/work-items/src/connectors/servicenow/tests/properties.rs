//! Whatever ServiceNow answers, only what the answers really say passes.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use passport_evidence::{Fact, Status};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    bench::{NUMBER, REQUESTER, approver, cell, judged, now, ready, standard},
    oracle::may_pass,
};
use crate::connectors::changes::{self, Change};

const ANSWERS: u32 = 20_000;
fn change(answers: &Value) -> impl Strategy<Value = Change> + use<> {
    let codes = [
        "",
        "-1",
        "-2",
        "-3",
        "0",
        "3",
        "4",
        "7",
        "true",
        "false",
        "approved",
        "Approved",
        "rejected",
        "requested",
        "not requested",
        "cancelled",
        "duplicate",
        "more_info",
        "not_required",
        "standard",
        "normal",
        "No Conflict",
        "Conflict",
        "Not Run",
        "a",
        "b",
        REQUESTER,
        NUMBER,
        "CHG0030413",
        "2026-05-03 09:00:00",
        "2026-05-03 09:30:05",
        "2026-05-03 09:30:06",
        "2026-05-03 12:00:00",
        "2026-13-03 12:00:00",
        "03/05/2026 09:00:00",
        "^",
        "fine with me",
    ];
    let mut values: Vec<_> = codes.iter().map(|it| cell(it)).collect();
    values.extend(codes.iter().map(|it| json!(it)));
    values.extend([
        json!(null),
        json!(0),
        json!(1),
        json!(2),
        json!(3),
        json!(-1),
        json!(true),
        json!([]),
        json!({}),
        json!(["-1"]),
        json!([approver("a", "approved")]),
        json!([approver("c", "rejected")]),
        json!({"display_value": "Implement"}),
        json!({"value": null}),
        json!({"value": -1}),
        json!({"result": [], "total": 0}),
        json!({"result": [], "total": 0, "error": {"message": "cancelled"}}),
        json!({"result": [], "total": 0, "status": "failure"}),
    ]);
    changes::change(answers, values)
}

fn passed(facts: &[Fact]) -> impl Iterator<Item = &Fact> {
    facts.iter().filter(|it| it.status() == Status::Passed)
}

#[test]
fn a_change_that_is_ready_passes_all_that_it_can() {
    for (answers, count) in [(ready(), 9), (standard(), 7)] {
        let facts = judged(&answers, now());
        assert_eq!(passed(&facts).count(), count, "{facts:?}");
        assert!(passed(&facts).all(|it| may_pass(&answers, it, now())));
    }
}

#[test]
fn nobody_is_told() {
    let facts = format!("{:?}", judged(&ready(), now()));
    assert!(!facts.contains(REQUESTER));
}

#[test]
fn one_more_who_was_asked_never_makes_a_pass() {
    let names = |answers: &Value| -> BTreeSet<_> {
        let facts = judged(answers, now());
        passed(&facts).map(|it| it.name().clone()).collect()
    };
    for state in [
        "rejected",
        "requested",
        "more_info",
        "delegated",
        "",
        "cancelled",
    ] {
        let mut more = ready();
        let list = more["approvers"]["result"].as_array_mut().unwrap();
        list.push(approver("c", state));
        more["approvers"]["total"] = json!(3);
        assert!(names(&more).is_subset(&names(&ready())), "{state}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ANSWERS))]

    #[test]
    fn changed_answers_pass_nothing_that_they_do_not_say(
        to_ready in prop::collection::vec(change(&ready()), 1..4),
        to_standard in prop::collection::vec(change(&standard()), 1..4),
        seconds in -7_200_i64..7_200,
    ) {
        let times = [now(), now() + TimeDelta::seconds(seconds)];
        for (mut answers, changes) in [(ready(), to_ready), (standard(), to_standard)] {
            for change in &changes {
                change.apply(&mut answers);
            }
            for at in times {
                let facts = judged(&answers, at);
                for fact in passed(&facts) {
                    prop_assert!(may_pass(&answers, fact, at), "{fact:?} passed of {answers} at {at}");
                }
            }
        }
    }
}
