//! What a check says of users, and what is sent.

use passport_connector_sdk::{CollectError, Kept};
use passport_evidence::FailureCode;
use passport_testkit::{
    connector,
    provider::{Provider, Script},
};
use serde_json::{Value, json};

use super::bench::{ID, NUMBER, cell, now, ready};
use crate::connectors::servicenow::Servicenow;

const SECRETS: [(&str, &str); 1] = [("TOKEN", "not-a-real-token")];
const CHANGE: &str = "/api/now/table/change_request";
const ROLES: &str = "/api/now/table/sys_user_has_role";

fn source() -> Value {
    json!({
        "connector": "servicenow", "credential": {"token": {"env": "TOKEN"}},
        "scope": {"change": NUMBER},
    })
}

fn script(roles: u16) -> Script {
    Provider::script()
        .on("GET", CHANGE)
        .reply(200, json!({"result": ready()["change"]["result"]}))
        .on("GET", ROLES)
        .reply(
            roles,
            json!({"result": [{"user": cell("u"), "role.name": cell("admin")}]}),
        )
        .any()
        .reply(200, json!({"result": []}))
}

async fn checked(script: Script, mut source: Value) -> Result<(String, Provider), CollectError> {
    let provider = script.start().await.unwrap();
    source["endpoint"] = json!(provider.base());
    let hub = connector::hub(&SECRETS);
    let connector = connector::built::<Servicenow>(&source, &hub).unwrap();
    let facts = connector.check(&connector::request(now())).await?.facts;
    assert_eq!(facts.len(), 1);
    Ok((facts[0].value_text().unwrap(), provider))
}

#[tokio::test]
async fn a_user_is_as_broad_as_the_roles() {
    for (status, word) in [
        (200, "write_capable"),
        (403, "unverifiable"),
        (500, "unverifiable"),
    ] {
        let (found, provider) = checked(script(status), source()).await.unwrap();
        assert_eq!(found, word, "{status}");
        for seen in provider.requests() {
            assert_eq!(seen.method, "GET");
            assert_eq!(
                seen.header("authorization"),
                Some("Bearer not-a-real-token")
            );
        }
    }
}

#[tokio::test]
async fn without_a_subject_only_the_credential_is_checked() {
    let mut source = source();
    source["scope"] = json!({"correlation_id": "rel-${subject.version}"});
    let (found, provider) = checked(script(200), source).await.unwrap();
    assert_eq!(found, "write_capable");
    assert!(provider.requests().iter().all(|it| it.path == ROLES));
}

#[tokio::test]
async fn a_refused_credential_fails_the_check() {
    let script = Provider::script().any().reply(401, json!({}));
    let failure = checked(script, source()).await.err().unwrap();
    assert_eq!(failure.code, FailureCode::Unauthenticated);
}

/// What an answer says is an id could widen the next question.
#[tokio::test]
async fn an_id_that_is_a_query_is_not_asked_with() {
    let mut change = ready()["change"]["result"].clone();
    change[0]["sys_id"] = cell(&format!("{ID}^ORactive=true"));
    let script = Provider::script()
        .on("GET", CHANGE)
        .reply(200, json!({"result": change}))
        .any()
        .reply(200, json!({"result": []}));
    let provider = script.start().await.unwrap();
    let mut source = source();
    source["endpoint"] = json!(provider.base());
    let connector = connector::built::<Servicenow>(&source, &connector::hub(&SECRETS)).unwrap();
    let request = connector::request(now());
    connector.collect(&request, &Kept::default()).await.unwrap();
    let seen = provider.requests();
    assert!(seen.iter().all(|it| it.path == CHANGE || it.path == ROLES));
}
