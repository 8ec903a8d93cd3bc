//! Payloads that GitHub sent, taken in as they are.

use std::{collections::BTreeSet, fs};

use http::StatusCode;
use passport_evidence::{Fact, Reason, Status};
use serde_json::{Value, json};

use super::bench::Fed;

const FOLDER: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/src/connectors/github_actions/testdata/octokit-webhooks-examples"
);

fn recorded(event: &str) -> Vec<Value> {
    let text = fs::read_to_string(format!("{FOLDER}/{event}.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn text<'a>(payload: &'a Value, pointer: &str) -> &'a str {
    payload.pointer(pointer).and_then(Value::as_str).unwrap()
}

/// A source of the payload's repository, for its commit.
fn source_of(payload: &Value, workflow: &str, revision: &str) -> Fed {
    let (owner, repo) = text(payload, "/repository/full_name")
        .split_once('/')
        .unwrap();
    let mut scope = json!({"owner": owner, "repo": repo, "workflow": workflow});
    let environment = payload.pointer("/deployment/environment");
    if let Some(environment) = environment {
        scope["deployment_environment"] = environment.clone();
    }
    Fed::of(scope, revision)
}

fn judged(facts: &[Fact], name: &str) -> (Status, Option<Reason>) {
    let found = facts.iter().find(|it| it.name().as_str() == name).unwrap();
    (found.status(), found.reason())
}

/// What a run, or a job, of this status and conclusion is.
fn meant(payload: &Value, of: &str) -> (Status, Option<Reason>) {
    let word = |key: &str| payload[of][key].as_str();
    match (word("status"), word("conclusion")) {
        (Some("completed"), Some("success")) => (Status::Passed, None),
        (Some("completed"), Some("failure")) => (Status::Failed, Some(Reason::BadState)),
        (Some("completed"), Some("action_required")) | (Some("waiting"), None) => {
            (Status::Pending, Some(Reason::AwaitingApproval))
        }
        (Some("queued" | "in_progress"), None) => (Status::Pending, Some(Reason::InProgress)),
        other => panic!("no recording says {other:?}"),
    }
}

#[test]
fn recorded_runs_are_judged() {
    let all = recorded("workflow_run");
    let (made_up, whole): (Vec<_>, Vec<_>) = all
        .iter()
        .partition(|it| it["workflow_run"].get("path").is_none());
    assert_eq!((made_up.len(), whole.len()), (1, 4));
    for payload in whole {
        let revision = text(payload, "/workflow_run/head_sha");
        let source = source_of(payload, "test.yml", revision);
        let kept = source.take("workflow_run", &payload.to_string()).unwrap();
        let facts = source.says(kept);
        let wanted = meant(payload, "workflow_run");
        assert_eq!(judged(&facts, "workflow_run_status"), wanted);
        assert_eq!(judged(&facts, "source_sha"), (Status::Passed, None));
    }
    // The one whose run names no file, from before GitHub told it, is of two repositories at once.
    for payload in made_up {
        let source = source_of(payload, "syntax.yml", &"0".repeat(40));
        let refused = source.take("workflow_run", &payload.to_string());
        assert_eq!(refused.err(), Some(StatusCode::BAD_REQUEST));
    }
}

/// A run that a job may be of.
fn run_of(payload: &Value) -> Value {
    let job = &payload["workflow_job"];
    let own = json!({"full_name": payload["repository"]["full_name"]});
    json!({
        "workflow_run": {
            "id": job["run_id"], "run_attempt": job["run_attempt"],
            "path": ".github/workflows/test.yml", "workflow_id": 1, "head_sha": job["head_sha"],
            "event": "push", "status": "in_progress", "repository": own, "head_repository": own,
        },
        "repository": own,
    })
}

#[test]
fn recorded_jobs_are_judged_with_their_run() {
    let all = recorded("workflow_job");
    let (old, whole): (Vec<_>, Vec<_>) = all
        .iter()
        .partition(|it| it["workflow_job"].get("run_attempt").is_none());
    assert_eq!((old.len(), whole.len()), (1, 7));
    for payload in whole {
        let revision = text(payload, "/workflow_job/head_sha");
        let source = source_of(payload, "test.yml", revision);
        let mut kept = source.take("workflow_job", &payload.to_string()).unwrap();
        assert_eq!(kept.len(), 1);
        let run = run_of(payload).to_string();
        kept.extend(source.take("workflow_run", &run).unwrap());
        let facts = source.says(kept);
        let shown = facts.iter().find(|it| it.name().as_str() == "job_status");
        let shown = shown.map(|it| (it.status(), it.reason()));
        let wanted = meant(payload, "workflow_job");
        // Jobs that are green are not shown.
        let wanted = (wanted.0 != Status::Passed).then_some(wanted);
        assert_eq!(shown, wanted);
    }
    // From before GitHub told the attempt: which of two is newer could not be known.
    for payload in old {
        let source = source_of(payload, "test.yml", &"0".repeat(40));
        let refused = source.take("workflow_job", &payload.to_string());
        assert_eq!(refused.err(), Some(StatusCode::BAD_REQUEST));
    }
}

#[test]
fn recorded_suites_are_kept_and_prove_no_run() {
    let all = recorded("check_suite");
    assert_eq!(all.len(), 9);
    for payload in &all {
        let source = source_of(payload, "test.yml", text(payload, "/check_suite/head_sha"));
        let kept = source.take("check_suite", &payload.to_string()).unwrap();
        assert_eq!(kept.len(), 1);
        let facts = source.says(kept);
        let nothing = (Status::Unknown, Some(Reason::NoData));
        assert_eq!(judged(&facts, "workflow_run_status"), nothing);
    }
}

#[test]
fn recorded_deployments_are_judged_with_a_run_of_their_commit() {
    let all = recorded("deployment_status");
    assert_eq!(all.len(), 4);
    for payload in &all {
        let revision = text(payload, "/deployment/sha");
        let source = source_of(payload, "test.yml", revision);
        let mut kept = source
            .take("deployment_status", &payload.to_string())
            .unwrap();
        assert_eq!(kept.len(), 1);
        let run = run_of(&json!({
            "workflow_job": {"run_id": 1, "run_attempt": 1, "head_sha": revision},
            "repository": payload["repository"],
        }));
        kept.extend(source.take("workflow_run", &run.to_string()).unwrap());
        let facts = source.says(kept);
        let wanted = match text(payload, "/deployment_status/state") {
            "success" => (Status::Passed, None),
            "in_progress" => (Status::Pending, Some(Reason::InProgress)),
            other => panic!("no recording says {other}"),
        };
        assert_eq!(judged(&facts, "deployment_status"), wanted);
    }
}

#[test]
fn no_recording_says_anything_to_a_source_of_another_repository() {
    let stranger = Fed::of(super::bench::scope(), &"0".repeat(40));
    for event in [
        "workflow_run",
        "workflow_job",
        "check_suite",
        "deployment_status",
    ] {
        for payload in recorded(event) {
            let refused = stranger.take(event, &payload.to_string()).err();
            let wanted = [StatusCode::UNAUTHORIZED, StatusCode::BAD_REQUEST];
            assert!(refused.is_some_and(|it| wanted.contains(&it)), "{event}");
        }
    }
}

/// What a payload tells of persons: how they are called, written to and shown. Whoever owns the repository is named
/// by the source's own scope, and an organization is nobody.
fn personal(payload: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    gather(payload, &mut found);
    for named in ["/repository/owner/login", "/repository/name"] {
        found.remove(text(payload, named));
    }
    found
}

fn gather(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(keys) => {
            let is_person = ["User", "Bot"].contains(&value["type"].as_str().unwrap_or_default());
            let own: &[&str] = match (is_person, keys.contains_key("email")) {
                (true, _) => &["login", "email", "avatar_url", "gravatar_id"],
                (false, true) => &["name", "email", "username"],
                (false, false) => &[],
            };
            let texts = own.iter().filter_map(|it| value[*it].as_str());
            found.extend(texts.filter(|it| !it.is_empty()).map(str::to_owned));
            keys.values().for_each(|it| gather(it, found));
        }
        Value::Array(items) => items.iter().for_each(|it| gather(it, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn no_person_of_a_recording_is_kept_or_told() {
    let (mut taken, mut persons) = (0, BTreeSet::new());
    for (event, revision) in [
        ("workflow_run", "/workflow_run/head_sha"),
        ("workflow_job", "/workflow_job/head_sha"),
        ("check_suite", "/check_suite/head_sha"),
        ("deployment_status", "/deployment/sha"),
    ] {
        for payload in recorded(event) {
            let source = source_of(&payload, "test.yml", text(&payload, revision));
            let Ok(kept) = source.take(event, &payload.to_string()) else {
                continue;
            };
            taken += 1;
            let mut left = source.key(event, &payload.to_string());
            for record in &kept {
                left += &String::from_utf8_lossy(&record.body);
            }
            left += &format!("{:?}", source.says(kept));
            for personal in personal(&payload) {
                assert!(!left.contains(&personal), "{event}: {personal} in {left}");
                persons.insert(personal);
            }
        }
    }
    // Four runs, seven jobs, nine suites and four deployments; with addresses, logins, names and pictures.
    assert_eq!(taken, 24);
    for known in [
        "Codertocat",
        "Matthias Fax",
        "matfax@users.noreply.github.com",
    ] {
        assert!(persons.contains(known), "{persons:?}");
    }
    assert!(
        persons.iter().any(|it| it.contains("avatars")),
        "{persons:?}"
    );
}
