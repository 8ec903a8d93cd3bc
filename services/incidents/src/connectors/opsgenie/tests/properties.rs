//! Whatever Opsgenie answers, only what the answers really say passes.

use std::collections::BTreeSet;

use passport_evidence::{Fact, Status};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::bench::{SERVICE, TAG, alert, busy, judged, quiet};
use crate::connectors::changes::{self, Change};

const ANSWERS: u32 = 20_000;

fn change(answers: &Value) -> impl Strategy<Value = Change> + use<> {
    let with = |key: &str, value: Value| {
        let mut it = alert("z", "P5");
        it[key] = value;
        json!([it])
    };
    let values = vec![
        json!(null),
        json!(0),
        json!(1),
        json!(4),
        json!(-1),
        json!(true),
        json!(false),
        json!(""),
        json!("open"),
        json!("closed"),
        json!("resolved"),
        json!("active"),
        json!("planned"),
        json!("P1"),
        json!("P9"),
        json!("a"),
        json!([]),
        json!({}),
        json!([alert("z", "P1")]),
        with("snoozed", json!(true)),
        with("snoozed", json!(null)),
        with("tags", json!(["service:other"])),
        with("responders", json!([{"type": "team", "name": "search"}])),
        with("status", json!("closed")),
        json!([{"id": "i", "status": "open", "impactedServices": [SERVICE]}]),
        json!([{"id": "i", "status": "closed", "impactedServices": ["other"]}]),
        json!([{"status": "active"}]),
        json!([{"status": "of tomorrow"}]),
    ];
    changes::change(answers, values)
}

// The oracle reads the same JSON in a way of its own.

fn rows<'a>(answers: &'a Value, of: &str) -> Option<&'a Vec<Value>> {
    let it = &answers[of];
    let rows = it["rows"].as_array()?;
    let ids: BTreeSet<_> = rows.iter().map(|it| it["id"].to_string()).collect();
    let is_whole = it["whole"] == true && (of == "maintenances" || ids.len() == rows.len());
    is_whole.then_some(rows)
}

fn is_in_scope(alert: &Value) -> bool {
    let has_tag = alert["tags"]
        .as_array()
        .is_some_and(|it| it.contains(&json!(TAG)));
    let responders = alert["responders"].as_array();
    let is_team =
        |it: &Value| it["type"] == "team" && (it["name"].is_null() || it["name"] == "payments");
    has_tag && responders.is_some_and(|all| all.iter().any(is_team))
}

/// Open alerts, if they are surely all.
fn open(answers: &Value) -> Option<Vec<&Value>> {
    let rows = rows(answers, "alerts")?;
    let are_known = rows
        .iter()
        .all(|it| it["status"] == "open" || it["status"] == "closed");
    let open: Vec<_> = rows.iter().filter(|it| it["status"] == "open").collect();
    let count = answers["count"]["data"]["count"].as_u64();
    let agrees = count.is_none_or(|it| it == open.len() as u64);
    (are_known && agrees && rows.iter().all(is_in_scope)).then_some(open)
}

/// Whether any alert, open or not, surely shows that there is such a scope.
fn is_shown(answers: &Value) -> bool {
    let rows = answers["alerts"]["rows"].as_array().into_iter().flatten();
    rows.chain([&answers["any"]]).any(is_in_scope)
}

fn is_suppressed(answers: &Value) -> bool {
    let rows = answers["maintenances"]["rows"].as_array();
    let is_read = rows.is_some_and(|all| all.iter().all(|it| it["status"].is_string()));
    is_read && rows.is_some_and(|all| all.iter().any(|it| it["status"] == "active"))
}

fn is_priority(alert: &Value) -> bool {
    ["P1", "P2", "P3", "P4", "P5"]
        .iter()
        .any(|it| alert["priority"] == *it)
}

fn may_pass(answers: &Value, fact: &Fact) -> bool {
    match fact.name().as_str() {
        "active_alert_count" => {
            let (Some(open), Some(priority)) = (open(answers), fact.item()) else {
                return false;
            };
            let count = open.iter().filter(|it| it["priority"] == priority).count();
            let most = if matches!(priority, "P4" | "P5") {
                10
            } else {
                0
            };
            let is_silent = count == 0 && (is_suppressed(answers) || !is_shown(answers));
            open.iter().all(|it| is_priority(it)) && count <= most && !is_silent
        }
        "snoozed_alert_count" => open(answers).is_some_and(|open| {
            let is_told = is_shown(answers) && !is_suppressed(answers);
            open.iter().all(|it| it["snoozed"] == false) && is_told
        }),
        "active_incident_count" => rows(answers, "incidents").is_some_and(|rows| {
            let is_fine = |it: &Value| {
                let services = &it["impactedServices"];
                let is_its = services
                    .as_array()
                    .is_none_or(|it| it.contains(&json!(SERVICE)));
                it["status"] == "closed" && is_its
            };
            rows.iter().all(is_fine)
        }),
        "maintenance_window" => rows(answers, "maintenances").is_some_and(|rows| {
            let is_over = |it: &Value| it["status"] == "past" || it["status"] == "cancelled";
            rows.iter().all(is_over)
        }),
        _ => false,
    }
}

fn passed(facts: &[Fact]) -> impl Iterator<Item = &Fact> {
    facts.iter().filter(|it| it.status() == Status::Passed)
}

#[test]
fn a_scope_without_trouble_passes_all_that_it_can() {
    for answers in [quiet(), busy()] {
        let facts = judged(&answers);
        assert_eq!(passed(&facts).count(), 8, "{facts:?}");
        assert!(passed(&facts).all(|it| may_pass(&answers, it)));
    }
}

#[test]
fn zero_of_a_scope_of_which_nothing_was_ever_seen_proves_nothing() {
    let mut other = alert("o", "P3");
    other["tags"] = json!(["service:other"]);
    let mut elsewhere = alert("o", "P3");
    elsewhere["responders"] = json!([{"type": "team", "name": "search"}]);
    for any in [json!(null), other, elsewhere, json!([]), json!({})] {
        let mut answers = quiet();
        answers["any"] = any.clone();
        let facts = judged(&answers);
        let zero = ["active_alert_count", "snoozed_alert_count"];
        let mut of_alerts = passed(&facts).filter(|it| zero.contains(&it.name().as_str()));
        assert_eq!(of_alerts.next(), None, "{any}");
    }
}

#[test]
fn one_alert_more_never_makes_a_pass() {
    for priority in ["P1", "P2", "P3", "P4", "P5", "P6", ""] {
        let mut worse = busy();
        worse["alerts"]["rows"]
            .as_array_mut()
            .unwrap()
            .push(alert("d", priority));
        let before: Vec<_> = judged(&busy());
        let before: BTreeSet<_> = passed(&before)
            .map(|it| (it.name().clone(), it.item().map(str::to_owned)))
            .collect();
        let after = judged(&worse);
        for it in passed(&after) {
            let about = (it.name().clone(), it.item().map(str::to_owned));
            assert!(before.contains(&about), "{priority}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ANSWERS))]

    #[test]
    fn changed_answers_pass_nothing_that_they_do_not_say(
        to_quiet in prop::collection::vec(change(&quiet()), 1..4),
        to_busy in prop::collection::vec(change(&busy()), 1..4),
    ) {
        for (mut answers, changes) in [(quiet(), to_quiet), (busy(), to_busy)] {
            for change in &changes {
                change.apply(&mut answers);
            }
            let facts = judged(&answers);
            for fact in passed(&facts) {
                prop_assert!(may_pass(&answers, fact), "{fact:?} passed of {answers}");
            }
        }
    }
}
