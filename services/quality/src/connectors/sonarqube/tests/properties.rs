//! Whatever SonarQube answers, nothing breaks, and nothing passes that it does not say in so many
//! words of this commit.

use std::collections::BTreeMap;

use passport_evidence::{Fact, Reason, Status};
use proptest::{prelude::*, sample::select};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::bench::{REVISION, good, now};
use crate::connectors::sonarqube::{
    choose::{self, Revision},
    client::Analyses,
    facts,
    model::{AnalysesReply, TasksReply},
    pull::Found,
    settings::{Measures, Scope, Target},
    tasks::Tasks,
};

const POINTERS: [&str; 30] = [
    "/gate/status",
    "/gate/ignoredConditions",
    "/gate/conditions",
    "/gate/conditions/0",
    "/gate/conditions/0/status",
    "/gate/conditions/0/metricKey",
    "/gate/conditions/0/comparator",
    "/gate/conditions/0/errorThreshold",
    "/gate/conditions/0/actualValue",
    "/gate/conditions/1/status",
    "/gate/conditions/1/metricKey",
    "/gate/conditions/1/actualValue",
    "/tasks/queue",
    "/tasks/current",
    "/tasks/current/type",
    "/tasks/current/status",
    "/tasks/current/branch",
    "/tasks/current/pullRequest",
    "/tasks/current/analysisId",
    "/tasks/current/executedAt",
    "/analyses/paging/total",
    "/analyses/analyses",
    "/analyses/analyses/0/key",
    "/analyses/analyses/0/date",
    "/analyses/analyses/0/revision",
    "/analyses/analyses/1/date",
    "/analyses/analyses/1/revision",
    "/measures",
    "/measures/0/metric",
    "/measures/0/value",
];

const WORDS: [&str; 26] = [
    "",
    "OK",
    "ok",
    "WARN",
    "ERROR",
    "NONE",
    "SUCCESS",
    "FAILED",
    "CANCELED",
    "PENDING",
    "IN_PROGRESS",
    "REPORT",
    "ISSUE_SYNC",
    "main",
    "feature",
    "LT",
    "GT",
    "EQ",
    "new_coverage",
    "new_security_rating",
    "coverage",
    "91.3",
    "79.9",
    "1e999",
    "-0",
    "2026-05-03T12:00:00+0000",
];

fn value() -> impl Strategy<Value = Value> {
    let task = |status: &str, branch: &str| json!([{"type": "REPORT", "status": status, "branch": branch}]);
    prop_oneof![
        5 => select(&WORDS[..]).prop_map(Value::from),
        2 => Just(Value::Null),
        1 => select(vec![json!(REVISION), json!(REVISION.to_uppercase()), json!("0".repeat(40))]),
        1 => select(vec![json!(0), json!(-1), json!(u64::MAX), json!(true), json!(false)]),
        1 => select(vec![json!([]), json!({}), task("PENDING", "main"), task("SUCCESS", "main"),
            task("PENDING", "feature")]),
    ]
}

/// A change of the answers: another value, none, or no such key.
fn change() -> impl Strategy<Value = (&'static str, Option<Value>)> {
    (select(&POINTERS[..]), prop::option::weighted(0.8, value()))
}

fn apply(answers: &mut Value, at: &str, value: Option<Value>) {
    match value {
        Some(value) => {
            if let Some(found) = answers.pointer_mut(at) {
                *found = value;
            }
        }
        None => {
            let (parent, key) = at.rsplit_once('/').unwrap();
            let parent = answers.pointer_mut(parent).and_then(Value::as_object_mut);
            parent.and_then(|it| it.remove(key));
        }
    }
}

fn read<T: DeserializeOwned>(answers: &Value, key: &str) -> Result<T, Reason> {
    serde_json::from_value(answers[key].clone()).map_err(|_| Reason::UnexpectedShape)
}

/// As the source of the main branch would judge the answers.
fn judge(answers: &Value) -> Vec<Fact> {
    let scope = Scope {
        project_key: super::bench::PROJECT.to_owned(),
        target: Target::Branch("main".to_owned()),
        organization: None,
    };
    let revision = Revision::Commit(REVISION.to_owned());
    let chosen = read(answers, "analyses").map(|reply: AnalysesReply| {
        let is_whole = reply.analyses.len() == reply.paging.total;
        let items = reply.analyses;
        choose::of_branch(&Analyses { items, is_whole }, &revision)
    });
    let found = Found {
        tasks: read(answers, "tasks").map(|reply: TasksReply| Tasks::of(reply, &scope, None)),
        chosen,
        gate: read(answers, "gate"),
        is_live: false,
        measures: read(answers, "measures"),
        mixed: None,
    };
    let wanted: Measures = BTreeMap::from([("coverage".to_owned(), ">= 80".parse().ok())]);
    let facts = facts::of(&found, &wanted, &revision, now());
    let max_age = passport_evidence::MaxAge::from_secs(604_800).unwrap();
    passport_evidence::freshness::refresh(facts, max_age, now())
}

// What SonarQube would have to say, read from the answers themselves.

fn text<'a>(json: &'a Value, key: &str) -> &'a str {
    json[key].as_str().unwrap_or_default()
}

fn items<'a>(answers: &'a Value, at: &str) -> &'a [Value] {
    let found = answers.pointer(at).and_then(Value::as_array);
    found.map(Vec::as_slice).unwrap_or_default()
}

fn is_report_of_main(task: &Value) -> bool {
    let branch = &task["branch"];
    text(task, "type") == "REPORT"
        && task["pullRequest"].is_null()
        && (branch == "main" || branch.is_null())
}

fn is_good(condition: &Value) -> bool {
    let number = |key: &str| text(condition, key).parse::<f64>();
    let (Ok(actual), Ok(limit)) = (number("actualValue"), number("errorThreshold")) else {
        return false;
    };
    let is_rating = text(condition, "metricKey").ends_with("_rating");
    let holds = match text(condition, "comparator") {
        "LT" => actual >= limit,
        "GT" => actual <= limit,
        "EQ" => actual != limit,
        _ => false,
    };
    text(condition, "status") == "OK" && !is_rating && holds
}

fn may_pass(fact: &Fact, answers: &Value) -> bool {
    let mut analyses = items(answers, "/analyses/analyses").iter();
    let of_commit = |it: &Value| text(it, "revision").eq_ignore_ascii_case(REVISION);
    if !analyses.any(of_commit) {
        return false;
    }
    // Tasks that can't be read cost their own fact only.
    let are_read = read::<TasksReply>(answers, "tasks").is_ok();
    let is_queued = are_read && items(answers, "/tasks/queue").iter().any(is_report_of_main);
    let current = &answers["tasks"]["current"];
    let is_ours = are_read && is_report_of_main(current);
    let is_broken = is_ours && text(current, "status") != "SUCCESS";
    let conditions = items(answers, "/gate/conditions");
    let is_settled = !is_queued && !is_broken;
    match fact.name().as_str() {
        "quality_gate" => {
            let all_ok = conditions.iter().all(|it| text(it, "status") == "OK");
            let said = answers["gate"]["status"] == "OK";
            is_settled && said && all_ok && !conditions.is_empty()
        }
        "gate_condition" => {
            let of = |it: &&Value| Some(text(it, "metricKey")) == fact.item();
            let mut all = conditions.iter().filter(of).peekable();
            is_settled && all.peek().is_some() && all.all(is_good)
        }
        "ignored_conditions" => is_settled && answers["gate"]["ignoredConditions"] == false,
        "analysis_task" => is_settled && is_ours,
        "analysis_revision" => true,
        "measure" => {
            let mut all = items(answers, "/measures").iter();
            let of = |it: &&Value| text(it, "metric") == "coverage";
            let value = all.find(of).map(|it| text(it, "value").parse::<f64>());
            is_settled && value.is_some_and(|it| it.is_ok_and(|it| it >= 80.0))
        }
        _ => false,
    }
}

fn passed(facts: &[Fact]) -> Vec<&Fact> {
    let passed = facts.iter().filter(|it| it.status() == Status::Passed);
    passed.collect()
}

#[test]
fn the_unchanged_answers_pass_all_that_they_can() {
    let facts = judge(&good());
    assert_eq!(passed(&facts).len(), 7, "{facts:?}");
    assert!(facts.iter().all(|it| may_pass(it, &good())));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn changed_answers_pass_nothing_that_they_do_not_say(
        changes in prop::collection::vec(change(), 1..5)
    ) {
        let mut answers = good();
        for (at, value) in &changes {
            apply(&mut answers, at, value.clone());
        }
        let facts = judge(&answers);
        let unearned: Vec<_> = passed(&facts)
            .into_iter()
            .filter(|it| !may_pass(it, &answers))
            .collect();
        prop_assert!(unearned.is_empty(), "{}: {:?}", answers, unearned);
    }
}
