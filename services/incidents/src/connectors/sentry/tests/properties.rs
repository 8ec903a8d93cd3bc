//! Whatever Sentry answers, only what the answers really say passes.

use std::collections::BTreeSet;

use passport_evidence::{Fact, Status};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::bench::{CLOSED, PROJECT, VERSION, answers, issue, judged};
use crate::connectors::changes::{self, Change};

const ANSWERS: u32 = 20_000;
const LISTS: [&str; 4] = ["new", "regressed", "unhandled", "archived"];

fn change() -> impl Strategy<Value = Change> {
    let values = vec![
        json!(null),
        json!(0),
        json!(1),
        json!(1.0),
        json!(-1),
        json!(0.5),
        json!(0.995),
        json!(0.994_999),
        json!(99.87),
        json!(100),
        json!(u64::MAX),
        json!(1e300),
        json!("0"),
        json!("NaN"),
        json!(true),
        json!(false),
        json!("open"),
        json!("archived"),
        json!("invalid"),
        json!("partial"),
        json!([]),
        json!({}),
        json!([issue(1, "unresolved")]),
        json!([issue(1, "ignored"), issue(1, "ignored")]),
        json!([{"id": "1", "status": "unresolved", "project": {"id": "7"}}]),
        json!("production"),
        json!("Production"),
        json!(1_777_797_000_000_i64),
    ];
    changes::change(&answers(), values)
}

// The oracle reads the same JSON in a way of its own.

fn list<'a>(json: &'a Value, at: &str) -> &'a [Value] {
    json.pointer(at)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn is_seen(answers: &Value) -> bool {
    let rows = list(answers, "/events/data");
    let groups = list(answers, "/sessions/groups");
    let events = rows.len() == 1 && rows[0]["count()"].as_u64() > Some(0);
    let sessions = groups.len() == 1 && groups[0]["totals"]["sum(session)"].as_u64() > Some(0);
    events || sessions
}

/// Events that were lost, and all.
fn loss(answers: &Value) -> Option<(u128, u128)> {
    let mut found = (0, 0);
    for group in list(answers, "/outcomes/groups") {
        let sum = u128::from(group["totals"]["sum(quantity)"].as_u64()?);
        match group["by"]["outcome"].as_str()? {
            "accepted" | "filtered" | "client_discard" => {}
            "rate_limited" | "invalid" | "abuse" | "cardinality_limited" => found.0 += sum,
            _ if sum == 0 => {}
            _ => return None,
        }
        found.1 += sum;
    }
    answers
        .pointer("/outcomes/groups")?
        .is_array()
        .then_some(found)
}

fn is_lossy(answers: &Value) -> bool {
    loss(answers).is_some_and(|(lost, all)| lost * 10 > all)
}

fn are_none(answers: &Value, which: &str) -> bool {
    let it = &answers[which];
    it["whole"] == true && it["rows"].as_array().is_some_and(Vec::is_empty)
}

/// The figures of closed buckets, one after another; of the first ones, if only those count.
fn figures(answers: &Value, which: &str, most: usize) -> Option<Vec<f64>> {
    let all = list(answers, &format!("/{which}/timeSeries"));
    let [series] = all else { return None };
    if series["meta"]["dataScanned"] == "partial" {
        return None;
    }
    let values = series["values"].as_array()?;
    let times: Option<Vec<_>> = values.iter().map(|it| it["timestamp"].as_i64()).collect();
    let is_whole = times?.windows(2).all(|it| it[1] - it[0] == 300_000);
    let closed = values.iter().take(most);
    let closed = closed.take_while(|it| it["incomplete"] == false);
    let closed: Option<Vec<_>> = closed.map(|it| it["value"].as_f64()).collect();
    closed.filter(|it| is_whole && it.iter().all(|it| *it >= 0.0))
}

/// Whether the baseline's buckets are of the hour before the window, which began at 07:30:05.
fn is_of_before(answers: &Value) -> bool {
    let all = list(answers, "/before/timeSeries/0/values");
    let times: Vec<_> = all
        .iter()
        .filter_map(|it| it["timestamp"].as_i64())
        .collect();
    let is_near =
        |time: Option<&i64>, wanted: i64| time.is_some_and(|it| it.abs_diff(wanted) <= 900_000);
    is_near(times.first(), 1_777_793_405_000) && is_near(times.last(), 1_777_797_005_000)
}

/// Whether the project surely has the environment.
fn is_there(answers: &Value) -> bool {
    let all = answers["environments"].as_array();
    let is_one = |it: &Value| it["name"].is_string();
    all.is_some_and(|all| all.iter().all(is_one) && all.iter().any(|it| it["name"] == "production"))
}

fn is_no_spike(answers: &Value) -> bool {
    let Some(now) = figures(answers, "now", usize::MAX) else {
        return false;
    };
    let Some(before) = figures(answers, "before", now.len()) else {
        return false;
    };
    let events: f64 = now.iter().sum();
    let count = now.len().min(before.len());
    let baseline: f64 = before[..count].iter().sum();
    let is_enough = (CLOSED - 2..=CLOSED + 2).contains(&now.len()) && count + 1 >= now.len();
    let is_alive = events > 0.0 || is_seen(answers);
    is_enough && is_alive && events <= 1_000.0 && events <= baseline * 2.0 && !is_lossy(answers)
}

fn is_crash_free(answers: &Value, rate: &str) -> bool {
    let [group] = list(answers, "/sessions/groups") else {
        return false;
    };
    let totals = &group["totals"];
    let rate = totals[rate].as_f64().unwrap_or(-1.0);
    let is_borne_out = rate < 1.0 || are_none(answers, "unhandled");
    let is_told = answers["sessions"]["end"].is_string();
    (0.995..=1.0).contains(&rate)
        && totals["sum(session)"].as_u64() >= Some(100)
        && is_borne_out
        && is_told
}

fn may_pass(answers: &Value, name: &str) -> bool {
    let is_of_all = ["release_known", "event_ingest_loss"].contains(&name);
    (is_of_all || is_there(answers)) && is_said(answers, name)
}

fn is_said(answers: &Value, name: &str) -> bool {
    let is_zero = |which: &str| are_none(answers, which) && is_seen(answers) && !is_lossy(answers);
    match name {
        "release_known" => {
            let it = &answers["release"];
            let is_its = |it: &Value| it["id"] == 4_505_001 || it["id"] == PROJECT;
            let projects = list(answers, "/release/projects");
            it["version"] == VERSION && it["status"] == "open" && projects.iter().any(is_its)
        }
        "new_issue_count" => is_zero("new"),
        "regressed_issue_count" => is_zero("regressed"),
        "unhandled_issue_count" => is_zero("unhandled"),
        "suppressed_issue_count" => is_zero("archived"),
        "crash_free_sessions" => is_crash_free(answers, "crash_free_rate(session)"),
        "crash_free_users" => is_crash_free(answers, "crash_free_rate(user)"),
        "error_spike" => is_no_spike(answers) && is_of_before(answers),
        "event_ingest_loss" => {
            loss(answers).is_some_and(|(lost, all)| all > 0 && lost * 100 <= all)
        }
        _ => false,
    }
}

fn passed(facts: &[Fact]) -> BTreeSet<&str> {
    let passed = facts.iter().filter(|it| it.status() == Status::Passed);
    passed.map(|it| it.name().as_str()).collect()
}

#[test]
fn unchanged_answers_pass_all() {
    let facts = judged(&answers());
    assert_eq!(passed(&facts).len(), 9, "{facts:?}");
    assert!(passed(&facts).iter().all(|it| may_pass(&answers(), it)));
}

#[test]
fn of_an_environment_that_the_project_has_not_nothing_is_said() {
    let mut other = answers();
    other["environments"][1]["name"] = json!("Production");
    other["new"]["rows"] = json!([issue(1, "unresolved")]);
    let facts = judged(&other);
    assert_eq!(
        passed(&facts),
        ["event_ingest_loss", "release_known"].into()
    );
    assert!(
        facts.iter().all(|it| it.status() != Status::Failed),
        "{facts:?}"
    );
}

#[test]
fn a_baseline_of_another_time_is_none() {
    for by in [
        -3_600_000_i64,
        -1_200_000,
        1_200_000,
        3_600_000,
        604_800_000,
    ] {
        let mut other = answers();
        for bucket in other["before"]["timeSeries"][0]["values"]
            .as_array_mut()
            .unwrap()
        {
            bucket["timestamp"] = json!(bucket["timestamp"].as_i64().unwrap() + by);
        }
        let facts = judged(&other);
        assert!(!passed(&facts).contains("error_spike"), "{by}: {facts:?}");
    }
}

#[test]
fn one_group_more_makes_no_pass_anywhere() {
    for which in LISTS {
        for status in ["unresolved", "ignored"] {
            let mut worse = answers();
            worse[which]["rows"] = json!([issue(1, status)]);
            let (before, after) = (judged(&answers()), judged(&worse));
            assert!(
                passed(&after).is_subset(&passed(&before)),
                "{which} {status}"
            );
            assert!(
                passed(&after).len() < passed(&before).len(),
                "{which} {status}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ANSWERS))]

    #[test]
    fn changed_answers_pass_nothing_that_they_do_not_say(
        changes in prop::collection::vec(change(), 1..4)
    ) {
        let mut answers = answers();
        for change in &changes {
            change.apply(&mut answers);
        }
        let facts = judged(&answers);
        for name in passed(&facts) {
            prop_assert!(may_pass(&answers, name), "{name} passed of {answers}");
        }
    }
}
