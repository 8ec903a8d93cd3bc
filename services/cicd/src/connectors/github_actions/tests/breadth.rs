//! What a check says of tokens, and on whose word.

use std::sync::Arc;
use std::time::Duration;

use passport_connector_sdk::{CollectRequest, Connector, Hub, HubOptions, provider::AddressPolicy};
use passport_evidence::{Fact, FailureCode, Status};
use passport_testkit::{
    env::Env,
    provider::{Provider, Reply, Script},
};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::bench::{build, now, scope};

const WORKFLOW: &str = "/repos/acme/checkout-api/actions/workflows/release.yml";
const REACHED: &str = "/installation/repositories";

fn asking(base: &str, with_token: bool) -> Box<dyn Connector> {
    let mut source = json!({"connector": "github-actions", "endpoint": base, "scope": scope()});
    if with_token {
        source["credential"] = json!({"env": "TOKEN"});
    }
    let env = Env::default();
    env.set("TOKEN", "token-of-this-test");
    let options = HubOptions {
        addresses: AddressPolicy::with_loopback(),
        retry_wait: Duration::ZERO,
        ..HubOptions::default()
    };
    build(&source, &Hub::new(options, Arc::new(env)))
}

/// What a check says where GitHub answers so.
async fn checked(script: Script, with_token: bool) -> Result<Fact, FailureCode> {
    let provider = script.start().await.unwrap();
    let request = CollectRequest {
        now: now(),
        subject: None,
        deadline: Instant::now() + Duration::from_secs(10),
    };
    let source = asking(&provider.base(), with_token);
    let observed = source.check(&request).await.map_err(|it| it.code)?;
    assert_eq!(observed.facts.len(), 1);
    Ok(observed.facts[0].clone())
}

async fn shown(script: Script) -> (Status, String) {
    let fact = checked(script, true).await.unwrap();
    (fact.status(), fact.value_text().unwrap())
}

/// A token whose answers name these scopes.
fn classic(scopes: &str) -> Script {
    let reply = Reply::json(200, json!({"id": 5501})).header("X-OAuth-Scopes", scopes);
    Provider::script().on("GET", WORKFLOW).respond(reply)
}

/// A token without scopes that reaches these repositories.
fn of_an_app(total: u64, repositories: Value) -> Script {
    let reached = json!({"total_count": total, "repositories": repositories});
    Provider::script()
        .on("GET", WORKFLOW)
        .reply(200, json!({"id": 5501}))
        .on("GET", REACHED)
        .reply(200, reached)
}

fn repository(name: &str, pushes: bool) -> Value {
    let permissions = json!({"admin": false, "push": pushes, "pull": true});
    json!({"full_name": name, "permissions": permissions})
}

#[tokio::test]
async fn the_scopes_of_a_classic_token_are_told() {
    for (scopes, status, word) in [
        ("", Status::Passed, "narrow"),
        ("public_repo", Status::Warning, "broad"),
        ("read:org, user:email", Status::Warning, "broad"),
        ("repo", Status::Failed, "write_capable"),
        ("read:org, workflow", Status::Failed, "write_capable"),
        ("admin:org", Status::Failed, "write_capable"),
        ("delete_repo", Status::Failed, "write_capable"),
        ("a-scope-of-tomorrow", Status::Failed, "write_capable"),
    ] {
        assert_eq!(
            shown(classic(scopes)).await,
            (status, word.to_owned()),
            "{scopes}"
        );
    }
}

#[tokio::test]
async fn an_installation_is_narrow_only_where_it_reaches_the_one_repository_and_writes_nowhere() {
    let own = || repository("acme/checkout-api", false);
    for (total, reached, status, word) in [
        (1, json!([own()]), Status::Passed, "narrow"),
        (
            2,
            json!([own(), repository("acme/b", false)]),
            Status::Warning,
            "broad",
        ),
        (40, json!([own()]), Status::Warning, "broad"),
        (
            1,
            json!([repository("acme/b", false)]),
            Status::Warning,
            "broad",
        ),
        (
            1,
            json!([repository("acme/checkout-api", true)]),
            Status::Failed,
            "write_capable",
        ),
        (
            1,
            json!([{"full_name": "acme/checkout-api"}]),
            Status::Unknown,
            "unverifiable",
        ),
        (0, json!([]), Status::Unknown, "unverifiable"),
    ] {
        let what = reached.to_string();
        let said = shown(of_an_app(total, reached)).await;
        assert_eq!(said, (status, word.to_owned()), "{total} {what}");
    }
}

#[tokio::test]
async fn of_a_fine_grained_token_it_can_not_be_told() {
    for status in [401, 403, 404] {
        let script = Provider::script()
            .on("GET", WORKFLOW)
            .reply(200, json!({"id": 5501}))
            .on("GET", REACHED)
            .reply(status, json!({"message": "Resource not accessible"}));
        let said = checked(script, true).await;
        match status {
            401 => assert_eq!(said.err(), Some(FailureCode::Unauthenticated)),
            _ => assert_eq!(said.unwrap().status(), Status::Unknown),
        }
    }
}

#[tokio::test]
async fn without_a_token_there_is_no_breadth_and_without_a_workflow_no_answer() {
    let there = Provider::script()
        .on("GET", WORKFLOW)
        .reply(200, json!({"id": 5501}));
    let said = checked(there, false).await.unwrap();
    assert_eq!(said.status(), Status::NotApplicable);
    let absent = Provider::script()
        .any()
        .reply(404, json!({"message": "Not Found"}));
    assert_eq!(
        checked(absent, true).await.err(),
        Some(FailureCode::NotFound)
    );
}
