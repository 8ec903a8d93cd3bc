//! Webhooks come in any order, twice, or late: what they say together stays the same.

use passport_connector_sdk::Record;
use passport_evidence::{Fact, Reason, Status};
use serde_json::{Value, json};

use super::bench::{Fed, deployment, job, run, scope, status, suite, with};

/// All orders of a few things.
fn orders<T: Clone>(all: &[T]) -> Vec<Vec<T>> {
    let Some((first, rest)) = all.split_first() else {
        return vec![Vec::new()];
    };
    let put = |order: Vec<T>| {
        let at = 0..=order.len();
        at.map(move |at| {
            let mut order = order.clone();
            order.insert(at, first.clone());
            order
        })
    };
    orders(rest).into_iter().flat_map(put).collect()
}

fn kept(source: &Fed, payloads: &[(&str, Value)]) -> Vec<Record> {
    let taken = payloads
        .iter()
        .map(|(event, payload)| source.take(event, &payload.to_string()).unwrap());
    taken.flatten().collect()
}

/// The facts that these webhooks give in whichever order; fails where the order matters.
fn in_any_order(payloads: &[(&str, Value)]) -> Vec<Fact> {
    let mut scope = scope();
    scope["deployment_environment"] = json!("production");
    let source = Fed::of(scope, super::bench::REVISION);
    let mut said = orders(&kept(&source, payloads))
        .into_iter()
        .map(|records| source.says(records));
    let first = said.next().unwrap();
    assert!(said.all(|it| it == first), "the order matters");
    first
}

fn run_status(facts: &[Fact]) -> Option<(Status, Option<Reason>)> {
    let found = facts
        .iter()
        .find(|it| it.name().as_str() == "workflow_run_status");
    found.map(|it| (it.status(), it.reason()))
}

fn at(phase: &str) -> Value {
    let going_on = with(run(), "/workflow_run/status", json!(phase));
    with(going_on, "/workflow_run/conclusion", Value::Null)
}

#[test]
fn what_is_late_of_a_run_does_not_undo_its_end() {
    let facts = in_any_order(&[
        ("workflow_run", at("requested")),
        ("workflow_run", at("in_progress")),
        ("workflow_run", run()),
        ("workflow_job", job()),
        ("deployment_status", deployment()),
    ]);
    for name in ["workflow_run_status", "required_jobs", "deployment_status"] {
        assert_eq!(status(&facts, name), Some(Status::Passed), "{name}");
    }
}

#[test]
fn a_later_attempt_counts_though_it_came_first() {
    let again = with(at("in_progress"), "/workflow_run/run_attempt", json!(2));
    let facts = in_any_order(&[("workflow_run", again), ("workflow_run", run())]);
    let going_on = (Status::Pending, Some(Reason::InProgress));
    assert_eq!(run_status(&facts), Some(going_on));
}

#[test]
fn a_job_of_a_later_attempt_casts_doubt_on_its_run() {
    let again = with(job(), "/workflow_job/run_attempt", json!(2));
    let again = with(again, "/workflow_job/id", json!(2));
    let facts = in_any_order(&[("workflow_run", run()), ("workflow_job", again)]);
    let in_doubt = (Status::Unknown, Some(Reason::Contradictory));
    assert_eq!(run_status(&facts), Some(in_doubt));
}

#[test]
fn a_newer_run_that_failed_outweighs_an_older_one() {
    let failed = with(run(), "/workflow_run/id", json!(9_001_002));
    let failed = with(failed, "/workflow_run/conclusion", json!("failure"));
    let facts = in_any_order(&[("workflow_run", failed), ("workflow_run", run())]);
    let bad = (Status::Failed, Some(Reason::BadState));
    assert_eq!(run_status(&facts), Some(bad));
}

#[test]
fn a_run_that_is_newer_but_of_another_commit_is_not_judged() {
    let other = with(run(), "/workflow_run/id", json!(9_001_002));
    let other = with(other, "/workflow_run/head_sha", json!("0".repeat(40)));
    let facts = in_any_order(&[("workflow_run", other), ("workflow_run", run())]);
    assert_eq!(run_status(&facts), Some((Status::Passed, None)));
}

#[test]
fn a_later_word_of_its_suite_casts_doubt_and_an_earlier_one_does_not() {
    let failed = with(suite(), "/check_suite/conclusion", json!("failure"));
    let facts = in_any_order(&[
        ("workflow_run", run()),
        ("check_suite", suite()),
        ("check_suite", with_time(&failed, "2026-05-03T09:20:00Z")),
    ]);
    let in_doubt = (Status::Unknown, Some(Reason::Contradictory));
    assert_eq!(run_status(&facts), Some(in_doubt));
    let facts = in_any_order(&[
        ("workflow_run", run()),
        ("check_suite", with_time(&failed, "2026-05-03T09:01:00Z")),
    ]);
    assert_eq!(run_status(&facts), Some((Status::Passed, None)));
}

fn with_time(suite: &Value, at: &str) -> Value {
    with(suite.clone(), "/check_suite/updated_at", json!(at))
}

#[test]
fn of_a_deployment_the_newest_status_counts() {
    let failed = with(deployment(), "/deployment_status/id", json!(602));
    let failed = with(failed, "/deployment_status/state", json!("failure"));
    let facts = in_any_order(&[
        ("workflow_run", run()),
        ("deployment_status", failed),
        ("deployment_status", deployment()),
    ]);
    assert_eq!(status(&facts, "deployment_status"), Some(Status::Failed));
}

#[test]
fn a_fork_proves_nothing_of_the_repository() {
    let fork = json!({"full_name": "stranger/checkout-api"});
    for from in [fork, Value::Null] {
        let run = with(run(), "/workflow_run/head_repository", from);
        let facts = in_any_order(&[("workflow_run", run)]);
        let of_another = (Status::Unknown, Some(Reason::OtherSubject));
        assert_eq!(run_status(&facts), Some(of_another));
        assert!(facts.iter().all(|it| it.status() != Status::Passed));
    }
}

#[test]
fn a_run_whose_commit_can_not_be_read_proves_nothing() {
    for sha in ["", "4f1c2e9a", "main"] {
        let run = with(run(), "/workflow_run/head_sha", json!(sha));
        let facts = in_any_order(&[("workflow_run", run)]);
        assert_eq!(status(&facts, "source_sha"), Some(Status::Unknown));
        assert!(facts.iter().all(|it| it.status() != Status::Passed));
    }
}

#[test]
fn a_replay_under_a_made_up_event_is_one_delivery_and_hides_no_true_one() {
    let source = Fed::of(scope(), super::bench::REVISION);
    let body = run().to_string();
    let key = |event: &str| source.key(event, &body);
    assert_eq!(key("ping"), key("made_up"));
    assert_ne!(key("ping"), key("workflow_run"));
}

/// What a later version kept may be a failure, or a job that failed.
#[test]
fn beside_what_can_t_be_read_nothing_of_a_run_passes() {
    let mut scope = scope();
    scope["deployment_environment"] = json!("production");
    let source = Fed::of(scope, super::bench::REVISION);
    let good = [
        ("workflow_run", run()),
        ("workflow_job", job()),
        ("deployment_status", deployment()),
    ];
    let mut records = kept(&source, &good);
    assert_eq!(
        status(&source.says(records.clone()), "workflow_run_status"),
        Some(Status::Passed)
    );
    let mut unread = records[0].clone();
    unread.body = bytes::Bytes::from_static(br#"{"rerun":{}}"#);
    records.push(unread);
    let facts = source.says(records);
    for name in ["workflow_run_status", "required_jobs", "deployment_status"] {
        assert_eq!(status(&facts, name), Some(Status::Unknown), "{name}");
    }
}
