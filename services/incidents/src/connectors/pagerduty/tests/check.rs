//! What a check says of keys, and that nothing else is asked.

use passport_evidence::FailureCode;
use passport_testkit::{
    connector,
    provider::{Provider, Script},
};
use serde_json::{Value, json};

use super::bench::{SERVICE, now};
use crate::connectors::pagerduty::Pagerduty;

async fn checked(script: Script) -> Result<String, FailureCode> {
    let provider = script.start().await.unwrap();
    let source = json!({
        "connector": "pagerduty", "endpoint": provider.base(), "credential": {"env": "KEY"},
        "scope": {"services": [SERVICE]},
    });
    let hub = connector::hub(&[("KEY", "not-a-real-key")]);
    let connector = connector::built::<Pagerduty>(&source, &hub).unwrap();
    let observed = connector.check(&connector::request(now())).await;
    let facts = observed.map_err(|it| it.code)?.facts;
    assert_eq!(facts.len(), 1);
    let seen = provider.requests();
    let mut paths: Vec<_> = seen.iter().map(|it| it.path.as_str()).collect();
    paths.dedup();
    assert_eq!(paths, ["/services/PCHK001", "/users/me"]);
    for it in &seen {
        assert_eq!(
            it.header("authorization"),
            Some("Token token=not-a-real-key")
        );
    }
    Ok(facts[0].value_text().unwrap())
}

fn script(status: u16, me: Value) -> Script {
    let service = json!({"service": {"id": SERVICE, "status": "active"}});
    Provider::script()
        .on("GET", "/services/PCHK001")
        .reply(200, service)
        .on("GET", "/users/me")
        .reply(status, me)
}

#[tokio::test]
async fn only_a_reading_user_is_narrow() {
    let user = |role: &str| json!({"user": {"role": role, "name": "Sample User"}});
    for (status, me, word) in [
        (200, user("read_only_user"), "narrow"),
        (200, user("owner"), "write_capable"),
        (200, user("restricted_access"), "unverifiable"),
        (200, json!({"user": {}}), "unverifiable"),
        (200, json!({"user": ["admin"]}), "unverifiable"),
        (400, json!({"error": {"code": 2001}}), "unverifiable"),
        (403, json!({}), "unverifiable"),
        (404, json!({}), "unverifiable"),
        (500, json!({}), "unverifiable"),
    ] {
        let found = checked(script(status, me.clone())).await;
        assert_eq!(found.as_deref(), Ok(word), "{status} {me}");
    }
}

#[tokio::test]
async fn a_check_fails_where_a_collection_would() {
    for (status, code) in [
        (401, FailureCode::Unauthenticated),
        (403, FailureCode::Denied),
        (404, FailureCode::NotFound),
        (429, FailureCode::Throttled),
    ] {
        let script = Provider::script().any().reply(status, json!({}));
        assert_eq!(checked(script).await, Err(code), "{status}");
    }
    let withdrawn = checked(script(401, json!({}))).await;
    assert_eq!(withdrawn, Err(FailureCode::Unauthenticated));
}
