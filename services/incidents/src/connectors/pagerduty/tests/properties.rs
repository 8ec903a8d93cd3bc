//! Whatever PagerDuty answers, only what the answers really say passes.

use std::collections::BTreeSet;

use passport_evidence::{Fact, Status};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::bench::{SERVICE, busy, incident, judged, quiet};
use crate::connectors::changes::{self, Change};

const ANSWERS: u32 = 20_000;

fn change(answers: &Value) -> impl Strategy<Value = Change> + use<> {
    let with = |key: &str, value: Value| {
        let mut it = incident("Q7");
        it[key] = value;
        json!([it])
    };
    let values = vec![
        json!(null),
        json!(0),
        json!(1),
        json!(7),
        json!(-1),
        json!(true),
        json!(false),
        json!(""),
        json!("active"),
        json!("disabled"),
        json!("critical"),
        json!("triggered"),
        json!("resolved"),
        json!("high"),
        json!("low"),
        json!("P1"),
        json!("P9"),
        json!("POTHER1"),
        json!([]),
        json!({}),
        with("urgency", json!("high")),
        with("priority", json!(null)),
        with("priority", json!({"summary": "P1"})),
        with("service", json!({"id": "POTHER1"})),
        with("pending_actions", json!([{"type": "unacknowledge"}])),
        json!([{"start_time": "2026-05-03T09:00:00Z", "end_time": "2026-05-03T11:00:00Z",
                "services": [{"id": SERVICE}]}]),
    ];
    changes::change(answers, values)
}

// The oracle reads the same JSON in a way of its own.

fn list<'a>(json: &'a Value, at: &str) -> &'a [Value] {
    json.pointer(at)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn incidents(answers: &Value) -> &[Value] {
    list(answers, "/incidents/incidents")
}

fn is_whole(answers: &Value) -> bool {
    let it = &answers["incidents"];
    let count = incidents(answers).len() as u64;
    let ids: BTreeSet<_> = incidents(answers)
        .iter()
        .map(|it| it["id"].to_string())
        .collect();
    let is_own = |it: &Value| {
        it["service"]["id"] == SERVICE
            && (it["status"] == "triggered" || it["status"] == "acknowledged")
    };
    it["incidents"].is_array()
        && it["more"] == false
        && it["total"].as_u64().is_none_or(|total| total <= count)
        && ids.len() as u64 == count
        && incidents(answers).iter().all(is_own)
}

/// Whether a service that has something open would show it.
fn is_told(answers: &Value) -> bool {
    // Of an answer that can't be read no window is known; the service's own state still tells.
    let more = &answers["windows"]["more"];
    let is_read = more.is_boolean() || more.is_null();
    let ongoing = list(answers, "/windows/maintenance_windows");
    let services = list(answers, "/services");
    let is_silenced = is_read && ongoing.iter().any(is_now);
    let speaks = |it: &Value| {
        ["active", "warning", "critical"]
            .iter()
            .any(|word| it["status"] == *word)
    };
    services.iter().all(speaks) && !is_silenced
}

fn is_calm(answers: &Value) -> bool {
    let services = list(answers, "/services");
    services.iter().all(|it| it["status"] == "active")
}

fn is_now(window: &Value) -> bool {
    let at = |key: &str| window[key].as_str().unwrap_or_default().to_owned();
    at("start_time").as_str() <= "2026-05-03T09:30:05Z"
        && at("end_time").as_str() > "2026-05-03T09:30:05Z"
}

fn name(incident: &Value) -> Option<&str> {
    let priority = &incident["priority"];
    let name = priority["name"].as_str().or(priority["summary"].as_str());
    name.filter(|it| !it.is_empty())
}

fn are_harmless(answers: &Value) -> bool {
    let listed = list(answers, "/priorities/priorities");
    let names: Vec<_> = listed
        .iter()
        .filter_map(|it| it["name"].as_str().or(it["summary"].as_str()))
        .collect();
    let is_known =
        |it: &Value| name(it).is_some_and(|it| names.contains(&it) && it != "P1" && it != "P2");
    let are_all = ["P1", "P2"].iter().all(|it| names.contains(it));
    let is_cut = answers["priorities"]["more"] == true;
    are_all && !is_cut && incidents(answers).iter().all(is_known)
}

fn may_pass(answers: &Value, name: &str) -> bool {
    let is_none = incidents(answers).is_empty();
    let is_sure = is_whole(answers) && is_told(answers) && (!is_none || is_calm(answers));
    match name {
        "active_incident_count" | "highest_active_urgency" => is_none && is_sure,
        "highest_active_priority" => is_sure && (is_none || are_harmless(answers)),
        "snoozed_incident_count" => {
            let sleeps = |it: &Value| {
                let pending = it["pending_actions"].as_array();
                pending.is_none_or(|all| {
                    it["status"] == "acknowledged"
                        && all.iter().any(|it| it["type"] == "unacknowledge")
                })
            };
            is_sure && !incidents(answers).iter().any(sleeps)
        }
        "service_status" => {
            let services = list(answers, "/services");
            services.iter().any(|it| it["status"] == "active")
        }
        "maintenance_window" => {
            let it = &answers["windows"];
            it["more"] == false && list(it, "/maintenance_windows").iter().all(is_now)
        }
        _ => false,
    }
}

fn passed(facts: &[Fact]) -> Vec<&str> {
    let passed = facts.iter().filter(|it| it.status() == Status::Passed);
    passed.map(|it| it.name().as_str()).collect()
}

#[test]
fn a_quiet_service_passes_all_and_a_busy_one_what_is_true_of_it() {
    assert_eq!(passed(&judged(&quiet())).len(), 6);
    let facts = judged(&busy());
    let wanted = [
        "highest_active_priority",
        "snoozed_incident_count",
        "maintenance_window",
    ];
    assert_eq!(passed(&facts), wanted);
    for (answers, facts) in [(quiet(), judged(&quiet())), (busy(), facts)] {
        assert!(passed(&facts).iter().all(|it| may_pass(&answers, it)));
    }
}

/// Whoever is silent may hide an incident beside those that are shown, as one of two services does.
#[test]
fn nothing_of_incidents_passes_beside_a_silent_service() {
    let window = json!([{"start_time": "2026-05-03T09:00:00Z", "end_time": "2026-05-03T11:00:00Z",
                         "services": [{"id": SERVICE}]}]);
    let places = [
        ("/services", json!({"id": "POTHER1", "status": "disabled"})),
        (
            "/services",
            json!({"id": "POTHER1", "status": "maintenance"}),
        ),
        (
            "/services",
            json!({"id": "POTHER1", "status": "of tomorrow"}),
        ),
        ("/windows/maintenance_windows", window[0].clone()),
    ];
    for answers in [quiet(), busy()] {
        for (at, more) in &places {
            let mut silent = answers.clone();
            let list = silent.pointer_mut(at).unwrap().as_array_mut().unwrap();
            list.push(more.clone());
            let facts = judged(&silent);
            let told = ["service_status", "maintenance_window"];
            let passed: Vec<_> = passed(&facts)
                .into_iter()
                .filter(|it| !told.contains(it))
                .collect();
            assert!(passed.is_empty(), "{more}: {passed:?}");
        }
    }
}

#[test]
fn many_incidents_and_long_names_are_bounded() {
    let mut answers = quiet();
    let many = (0..10_000).map(|at| {
        let mut it = incident(&format!("Q{at}"));
        it["priority"] = json!({"name": "P".repeat(5_000)});
        it
    });
    answers["incidents"] = json!({"incidents": many.collect::<Vec<_>>(), "more": false});
    for fact in judged(&answers) {
        assert!(
            fact.value_text().is_none_or(|it| it.len() <= 100),
            "{fact:?}"
        );
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
            for name in passed(&facts) {
                prop_assert!(may_pass(&answers, name), "{name} passed of {answers}");
            }
        }
    }
}
