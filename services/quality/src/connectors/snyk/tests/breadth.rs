//! What a check says of tokens.

use std::{sync::Arc, time::Duration};

use passport_connector_sdk::{Hub, HubOptions, provider::AddressPolicy};
use passport_evidence::{Fact, FailureCode};
use passport_testkit::{
    env::Env,
    provider::{Provider, Script},
};
use serde_json::{Value, json};

use super::bench::{ORG, PROJECT, build, request};

const ELSEWHERE: &str = "0c0ffee0-0000-4000-8000-000000000002";

/// What a check says where Snyk answers so.
async fn checked(script: Script) -> Result<Fact, FailureCode> {
    let provider = script.start().await.unwrap();
    let env = Env::default();
    env.set("TOKEN", "token-of-this-test");
    let options = HubOptions {
        addresses: AddressPolicy::with_loopback(),
        retry_wait: Duration::ZERO,
        ..HubOptions::default()
    };
    let source = json!({
        "connector": "snyk", "endpoint": provider.base(), "credential": {"env": "TOKEN"},
        "scope": {"org_id": ORG, "project_ids": [PROJECT]},
    });
    let source = build(&source, &Hub::new(options, Arc::new(env)));
    let observed = source.check(&request()).await.map_err(|it| it.code)?;
    assert_eq!(observed.facts.len(), 1);
    Ok(observed.facts[0].clone())
}

fn with_project(id: &str) -> Script {
    let path = format!("/rest/orgs/{ORG}/projects/{PROJECT}");
    let project = json!({"data": {"id": id, "type": "project", "attributes": {}}});
    Provider::script().on("GET", &path).reply(200, project)
}

fn reaching(own: &str, orgs: Value, groups: Value) -> Script {
    let own = json!({"data": {"id": "0c0ffee0-0000-4000-8000-0000000000f1", "type": own}});
    with_project(PROJECT)
        .on("GET", "/rest/self")
        .reply(200, own)
        .on("GET", "/rest/orgs")
        .reply(200, orgs)
        .on("GET", "/rest/groups")
        .reply(200, groups)
}

fn list(ids: &[&str]) -> Value {
    let all: Vec<_> = ids.iter().map(|id| json!({"id": id})).collect();
    json!({"data": all, "links": {}})
}

#[tokio::test]
async fn no_token_is_known_to_be_narrow_and_what_reaches_more_is_broad() {
    let more = json!({"data": [{"id": ORG}], "links": {"next": "/rest/orgs?starting_after=a"}});
    for (own, orgs, groups, word) in [
        ("service_account", list(&[ORG]), list(&[]), "unverifiable"),
        ("service_account", list(&[]), list(&[]), "unverifiable"),
        ("user", list(&[ORG]), list(&[]), "broad"),
        (
            "service_account",
            list(&[ORG, ELSEWHERE]),
            list(&[]),
            "broad",
        ),
        ("service_account", more, list(&[]), "broad"),
        ("service_account", list(&[ORG]), list(&[ELSEWHERE]), "broad"),
        (
            "service_account",
            json!({"data": 7}),
            json!([]),
            "unverifiable",
        ),
    ] {
        let what = format!("{own} {orgs} {groups}");
        let fact = checked(reaching(own, orgs, groups)).await.unwrap();
        assert_eq!(fact.value_text().as_deref(), Some(word), "{what}");
    }
}

#[tokio::test]
async fn a_token_that_may_not_ask_is_told_nothing() {
    for status in [403, 404] {
        let script = with_project(PROJECT).any().reply(status, json!({}));
        let fact = checked(script).await.unwrap();
        assert_eq!(fact.value_text().as_deref(), Some("unverifiable"));
    }
    let script = with_project(PROJECT).any().reply(401, json!({}));
    assert_eq!(checked(script).await, Err(FailureCode::Unauthenticated));
}

#[tokio::test]
async fn a_check_fails_where_the_project_is_not_there() {
    let absent = Provider::script().any().reply(404, json!({}));
    assert_eq!(checked(absent).await, Err(FailureCode::NotFound));
    let another = checked(with_project(ELSEWHERE)).await;
    assert_eq!(another, Err(FailureCode::OutOfScope));
}
