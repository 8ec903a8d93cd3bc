//! What a check says of tokens.

use std::time::Duration;

use passport_connector_sdk::CollectRequest;
use passport_evidence::{Fact, FailureCode, Status};
use passport_testkit::{
    connector::request,
    provider::{Provider, Script},
};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::bench::{PROJECT, good, in_organization, now, source};

const GATE: &str = "/api/qualitygates/project_status";
const USER: &str = "/api/users/current";
const PROJECTS: &str = "/api/components/search_projects";

async fn checked(script: Script) -> Result<Fact, FailureCode> {
    let provider = script.start().await.unwrap();
    let request = CollectRequest {
        now: now(),
        subject: None,
        deadline: Instant::now() + Duration::from_secs(10),
    };
    let observed = source(&provider.base()).check(&request).await;
    let observed = observed.map_err(|it| it.code)?;
    assert_eq!(observed.facts.len(), 1);
    Ok(observed.facts[0].clone())
}

fn readable() -> Script {
    let gate = json!({"projectStatus": good()["gate"]});
    Provider::script().on("GET", GATE).reply(200, gate)
}

fn user(global: Value) -> Value {
    json!({"isLoggedIn": true, "login": "passport", "permissions": {"global": global}})
}

fn projects(total: usize, keys: &[&str]) -> Value {
    let components: Vec<_> = keys.iter().map(|key| json!({"key": key})).collect();
    json!({"paging": {"total": total}, "components": components})
}

#[tokio::test]
async fn narrow_is_only_what_sees_this_project_alone_and_may_do_nothing_everywhere() {
    let own = || projects(1, &[PROJECT]);
    for (global, seen, status, word) in [
        (json!([]), own(), Status::Passed, "narrow"),
        (json!(["scan"]), own(), Status::Warning, "broad"),
        (json!(["provisioning"]), own(), Status::Warning, "broad"),
        (json!(["gateadmin"]), own(), Status::Warning, "broad"),
        (json!(["profileadmin"]), own(), Status::Warning, "broad"),
        (json!(["of-tomorrow"]), own(), Status::Warning, "broad"),
        (
            json!(["scan", "admin"]),
            own(),
            Status::Failed,
            "write_capable",
        ),
        (
            json!([]),
            projects(2, &[PROJECT, "acme:b"]),
            Status::Warning,
            "broad",
        ),
        (
            json!([]),
            projects(40, &[PROJECT]),
            Status::Warning,
            "broad",
        ),
        (
            json!([]),
            projects(1, &["acme:b"]),
            Status::Warning,
            "broad",
        ),
        (json!([]), projects(0, &[]), Status::Unknown, "unverifiable"),
        (Value::Null, own(), Status::Unknown, "unverifiable"),
    ] {
        let what = format!("{global} {seen}");
        let script = readable().on("GET", USER).reply(200, user(global));
        let fact = checked(script.on("GET", PROJECTS).reply(200, seen)).await;
        let fact = fact.unwrap();
        let said = (fact.status(), fact.value_text().unwrap());
        assert_eq!(said, (status, word.to_owned()), "{what}");
    }
}

#[tokio::test]
async fn projects_that_were_counted_in_one_organization_prove_no_narrow_token() {
    for (global, seen, status, word) in [
        (
            json!([]),
            projects(1, &[PROJECT]),
            Status::Unknown,
            "unverifiable",
        ),
        (
            json!([]),
            projects(2, &[PROJECT, "acme:b"]),
            Status::Warning,
            "broad",
        ),
        (
            json!(["admin"]),
            projects(1, &[PROJECT]),
            Status::Failed,
            "write_capable",
        ),
    ] {
        let script = readable().on("GET", USER).reply(200, user(global));
        let script = script.on("GET", PROJECTS).query("organization", "acme");
        let provider = script.reply(200, seen).start().await.unwrap();
        let source = in_organization(&provider.base(), "acme");
        let observed = source.check(&request(now())).await.unwrap();
        let fact = &observed.facts[0];
        let said = (fact.status(), fact.value_text().unwrap());
        assert_eq!(said, (status, word.to_owned()));
    }
}

#[tokio::test]
async fn of_a_token_that_may_not_ask_it_can_not_be_told() {
    for status in [403, 404] {
        let script = readable().on("GET", USER).reply(status, json!({}));
        let script = script.on("GET", PROJECTS).reply(status, json!({}));
        assert_eq!(checked(script).await.unwrap().status(), Status::Unknown);
    }
}

#[tokio::test]
async fn a_token_of_nobody_or_without_the_project_fails_the_check() {
    let nobody = json!({"isLoggedIn": false, "permissions": {"global": []}});
    let script = readable().on("GET", USER).reply(200, nobody);
    let script = script
        .on("GET", PROJECTS)
        .reply(200, projects(1, &[PROJECT]));
    let said = checked(script).await.err();
    assert_eq!(said, Some(FailureCode::Unauthenticated));
    for (status, code) in [
        (401, FailureCode::Unauthenticated),
        (403, FailureCode::Denied),
        (404, FailureCode::NotFound),
    ] {
        let script = Provider::script().any().reply(status, json!({}));
        assert_eq!(checked(script).await.err(), Some(code));
    }
}
