//! What a check says of tokens, by what they may do and whose they are.

use passport_evidence::{Fact, FailureCode, Status};
use passport_testkit::{
    connector::{built, hub, request},
    provider::{Provider, Script},
};
use serde_json::{Value, json};

use super::bench::{answers, now};
use crate::connectors::gitlab_ci::GitlabCi;

const TOKEN: &str = "/api/v4/personal_access_tokens/self";
const USER: &str = "/api/v4/user";
const BY_ID: &str = "/api/v4/projects/42/pipelines";
const BY_PATH: &str = "/api/v4/projects/acme%2Fcheckout-api/pipelines";

/// What a check of a source of this project says where GitLab answers so.
async fn checked(project: &str, script: Script) -> Result<Fact, FailureCode> {
    let provider = script.start().await.unwrap();
    let source = json!({
        "connector": "gitlab-ci", "endpoint": provider.base(),
        "credential": {"env": "TOKEN"}, "scope": {"project": project},
    });
    let source = built::<GitlabCi>(&source, &hub(&[("TOKEN", "token-of-this-test")])).unwrap();
    let observed = source.check(&request(now())).await;
    let observed = observed.map_err(|it| it.code)?;
    assert_eq!(observed.facts.len(), 1);
    Ok(observed.facts[0].clone())
}

async fn shown(project: &str, script: Script) -> (Status, String) {
    let fact = checked(project, script).await.unwrap();
    (fact.status(), fact.value_text().unwrap())
}

fn unverifiable() -> (Status, String) {
    (Status::Unknown, "unverifiable".to_owned())
}

/// A project whose pipelines can be read, and a token with these scopes.
fn with(pipelines: &str, scopes: &[&str]) -> Script {
    let token = json!({
        "active": true, "revoked": false, "scopes": scopes, "expires_at": "2026-12-31",
    });
    Provider::script()
        .on("GET", pipelines)
        .reply(200, json!([answers()["pipeline"]]))
        .on("GET", TOKEN)
        .reply(200, token)
}

fn user(username: &str, bot: Value) -> Value {
    match bot.is_null() {
        true => json!({"id": 501, "username": username}),
        false => json!({"id": 501, "username": username, "bot": bot}),
    }
}

#[tokio::test]
async fn narrow_is_only_the_bot_of_the_project_itself() {
    for (username, bot, status, word) in [
        ("project_42_bot", json!(true), Status::Passed, "narrow"),
        ("project_42_bot1", json!(true), Status::Passed, "narrow"),
        (
            "project_42_bot_0a1b2c",
            json!(true),
            Status::Passed,
            "narrow",
        ),
        (
            "project_42_bot",
            Value::Null,
            Status::Unknown,
            "unverifiable",
        ),
        ("project_42_bot", json!(false), Status::Warning, "broad"),
        ("project_421_bot", json!(true), Status::Warning, "broad"),
        ("project_4_bot_2", json!(true), Status::Warning, "broad"),
        ("project_+42_bot", json!(true), Status::Warning, "broad"),
        ("group_42_bot_0a1b2c", json!(true), Status::Warning, "broad"),
        ("release-service", json!(true), Status::Warning, "broad"),
        ("a.person", json!(false), Status::Warning, "broad"),
        ("a.person", Value::Null, Status::Warning, "broad"),
    ] {
        let script = with(BY_ID, &["read_api"]).on("GET", USER);
        let said = shown("42", script.reply(200, user(username, bot.clone()))).await;
        assert_eq!(said, (status, word.to_owned()), "{username} {bot}");
    }
}

#[tokio::test]
async fn the_stricter_word_of_scopes_and_reach_counts() {
    for (scopes, username, status, word) in [
        (
            &["api"][..],
            "project_42_bot",
            Status::Failed,
            "write_capable",
        ),
        (&["api"], "a.person", Status::Failed, "write_capable"),
        (
            &["read_api", "read_user"],
            "project_42_bot",
            Status::Warning,
            "broad",
        ),
        (&[], "project_42_bot", Status::Unknown, "unverifiable"),
        (&[], "a.person", Status::Warning, "broad"),
    ] {
        let script = with(BY_ID, scopes).on("GET", USER);
        let said = shown("42", script.reply(200, user(username, json!(true)))).await;
        assert_eq!(said, (status, word.to_owned()), "{scopes:?} {username}");
    }
}

#[tokio::test]
async fn of_a_user_that_can_not_be_read_it_can_not_be_told() {
    for (status, body) in [
        (403, json!({"message": "403 Forbidden"})),
        (404, json!({"message": "404 Not found"})),
        (200, json!({"id": 501})),
        (200, json!([])),
        (500, json!({})),
    ] {
        let script = with(BY_ID, &["read_api"]).on("GET", USER);
        let said = shown("42", script.reply(status, body)).await;
        assert_eq!(said, unverifiable(), "{status}");
    }
    let script = with(BY_ID, &["read_api"]).on("GET", USER);
    let said = checked("42", script.reply(401, json!({}))).await;
    assert_eq!(said.err(), Some(FailureCode::Unauthenticated));
}

#[tokio::test]
async fn the_id_of_a_project_named_by_its_path_is_that_of_its_pipelines() {
    let own = || user("project_42_bot", json!(true));
    let path = "acme/checkout-api";
    let script = with(BY_PATH, &["read_api"]).on("GET", USER);
    let said = shown(path, script.reply(200, own())).await;
    assert_eq!(said, (Status::Passed, "narrow".to_owned()));

    let empty = Provider::script().on("GET", BY_PATH).reply(200, json!([]));
    let token = json!({
        "active": true, "revoked": false, "scopes": ["read_api"], "expires_at": "2026-12-31",
    });
    let script = empty.on("GET", TOKEN).reply(200, token).on("GET", USER);
    assert_eq!(shown(path, script.reply(200, own())).await, unverifiable());
}

#[tokio::test]
async fn a_project_that_can_not_be_read_fails_the_check() {
    for (status, code) in [
        (401, FailureCode::Unauthenticated),
        (403, FailureCode::Denied),
        (404, FailureCode::NotFound),
    ] {
        let script = Provider::script().any().reply(status, json!({}));
        assert_eq!(checked("42", script).await.err(), Some(code));
    }
}
