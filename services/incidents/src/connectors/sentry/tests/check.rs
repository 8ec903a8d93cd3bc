//! What a check says of tokens, and that nothing is asked that the source has no business with.

use passport_connector_sdk::Kept;
use passport_evidence::{FailureCode, Subject};
use passport_testkit::{
    connector,
    provider::{Provider, Script},
};
use serde_json::{Value, json};

use super::bench::{PROJECT, now};
use crate::connectors::sentry::Sentry;

const PROJECT_PATH: &str = "/api/0/projects/acme/checkout-api/";
const ORGANIZATION: &str = "/api/0/organizations/acme/";

fn source(base: &str) -> Value {
    json!({
        "connector": "sentry", "endpoint": base, "credential": {"env": "TOKEN"},
        "scope": {"organization": "acme", "project": "checkout-api",
                  "environment": "production", "release": "api@${subject.version}+1/a"},
    })
}

fn script(access: &Value, of_organization: &Value) -> Script {
    let project = json!({"id": PROJECT, "slug": "checkout-api", "access": access});
    let organization = json!({"slug": "acme", "access": of_organization});
    Provider::script()
        .on("GET", PROJECT_PATH)
        .reply(200, project)
        .on("GET", ORGANIZATION)
        .reply(200, organization)
}

async fn checked(script: Script) -> Result<String, FailureCode> {
    let provider = script.start().await.unwrap();
    let hub = connector::hub(&[("TOKEN", "not-a-real-token")]);
    let connector = connector::built::<Sentry>(&source(&provider.base()), &hub).unwrap();
    let observed = connector.check(&connector::request(now())).await;
    let facts = observed.map_err(|it| it.code)?.facts;
    assert_eq!(facts.len(), 1);
    let seen = provider.requests();
    let shown =
        |it: &passport_testkit::provider::Seen| it.header("authorization").map(str::to_owned);
    assert!(
        seen.iter()
            .all(|it| shown(it).as_deref() == Some("Bearer not-a-real-token"))
    );
    Ok(facts[0].value_text().unwrap())
}

#[tokio::test]
async fn a_token_is_never_narrow() {
    let reads = json!(["org:read", "project:read", "event:read"]);
    for (project, organization, word) in [
        (&reads, &reads, "broad"),
        (&reads, &json!([]), "broad"),
        (&reads, &json!(null), "broad"),
        (&json!(null), &json!(null), "unverifiable"),
        (&json!([]), &json!([]), "unverifiable"),
        (&json!(["project:releases"]), &reads, "write_capable"),
        (&reads, &json!(["org:admin"]), "write_capable"),
        (&json!(["event:write"]), &json!(null), "write_capable"),
        (&json!(["EVENT:READ"]), &json!(null), "write_capable"),
    ] {
        let found = checked(script(project, organization)).await;
        assert_eq!(found.as_deref(), Ok(word), "{project} {organization}");
    }
}

#[tokio::test]
async fn a_check_fails_where_a_collection_would() {
    for (status, code) in [
        (401, FailureCode::Unauthenticated),
        (403, FailureCode::Denied),
        (404, FailureCode::NotFound),
        (500, FailureCode::Unreachable),
    ] {
        let script = Provider::script().any().reply(status, json!({}));
        assert_eq!(checked(script).await, Err(code), "{status}");
    }
    let project = json!({"id": PROJECT, "slug": "checkout-api"});
    let withdrawn = Provider::script()
        .on("GET", PROJECT_PATH)
        .reply(200, project)
        .on("GET", ORGANIZATION)
        .reply(401, json!({}));
    assert_eq!(checked(withdrawn).await, Err(FailureCode::Unauthenticated));
}

#[tokio::test]
async fn every_read_is_a_get_below_the_organization_and_names_the_project() {
    let provider = script(&json!([]), &json!([])).start().await.unwrap();
    let hub = connector::hub(&[("TOKEN", "not-a-real-token")]);
    let connector = connector::built::<Sentry>(&source(&provider.base()), &hub).unwrap();
    let mut request = connector::request(now());
    request.subject = Some(Subject {
        version: Some("2.14.0".to_owned()),
        ..Subject::default()
    });
    let observed = connector.collect(&request, &Kept::default()).await.unwrap();
    assert_eq!(observed.facts.len(), 10);
    let seen = provider.requests();
    for it in seen
        .iter()
        .filter(|it| it.path != PROJECT_PATH && it.path != ORGANIZATION)
    {
        assert_eq!(it.method, "GET");
        let query = it.query.as_deref().unwrap_or_default();
        let is_narrow = query.contains("project=4505001") || it.path.starts_with(PROJECT_PATH);
        assert!(
            it.path.starts_with("/api/0/") && is_narrow,
            "{} {query}",
            it.path
        );
    }
    let release = "/api/0/organizations/acme/releases/api%402.14.0%2B1%2Fa/";
    assert!(seen.iter().any(|it| it.path == release));
}
