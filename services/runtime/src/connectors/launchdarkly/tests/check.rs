//! What a check says of tokens.

use chrono::DateTime;
use passport_evidence::{FailureCode, Status};
use passport_testkit::{
    connector,
    provider::{Provider, Script},
};
use serde_json::{Value, json};

use super::world::flag;
use crate::connectors::launchdarkly::LaunchDarkly;

const FLAG: &str = "/api/v2/flags/shop/checkout-v2";

/// What a check says where LaunchDarkly answers so.
async fn checked(script: Script) -> Result<(Option<String>, Status), FailureCode> {
    let provider = script.start().await.unwrap();
    let source = json!({
        "connector": "launchdarkly", "endpoint": provider.base(), "credential": {"env": "TOKEN"},
        "scope": {"project": "shop", "environment": "production", "flag": "checkout-v2"},
        "intent": "any",
    });
    let hub = connector::hub(&[("TOKEN", "a-token-of-this-test")]);
    let built = connector::built::<LaunchDarkly>(&source, &hub).unwrap();
    let now = DateTime::from_timestamp(1_777_800_600, 0).unwrap();
    let observed = built.check(&connector::request(now)).await;
    assert!(provider.unlisted_writes().is_empty());
    let facts = observed.map_err(|it| it.code)?.facts;
    let [fact] = facts.as_slice() else {
        panic!("{facts:?}");
    };
    Ok((fact.value_text(), fact.status()))
}

fn found() -> Script {
    let flag = flag("checkout-v2");
    Provider::script().on("GET", FLAG).reply(200, flag)
}

fn with_token(script: Script, inline: Value) -> Script {
    let caller = json!({"tokenId": "t-1", "serviceToken": true});
    let script = script
        .on("GET", "/api/v2/caller-identity")
        .reply(200, caller);
    let token = json!({"_id": "t-1", "inlineRole": inline});
    script.on("GET", "/api/v2/tokens/t-1").reply(200, token)
}

fn views(resource: &str) -> Value {
    json!([{"effect": "allow", "actions": ["viewProject"], "resources": [resource]}])
}

#[tokio::test]
async fn a_service_token_that_views_one_project_is_narrow() {
    let said = checked(with_token(found(), views("proj/shop"))).await;
    assert_eq!(said, Ok((Some("narrow".to_owned()), Status::Passed)));
    let said = checked(with_token(found(), views("proj/*"))).await;
    assert_eq!(said, Ok((Some("broad".to_owned()), Status::Warning)));
}

#[tokio::test]
async fn what_is_not_told_is_not_narrow() {
    let untold = Ok((Some("unverifiable".to_owned()), Status::Unknown));
    assert_eq!(checked(found()).await, untold);
    for inline in [json!(null), json!([]), json!([["allow"]]), json!({})] {
        let said = checked(with_token(found(), inline.clone())).await;
        assert_eq!(said, untold, "{inline}");
    }
}

#[tokio::test]
async fn a_flag_that_can_not_be_read_fails_the_check() {
    for (status, code) in [
        (401, FailureCode::Unauthenticated),
        (403, FailureCode::Denied),
        (404, FailureCode::NotFound),
        (500, FailureCode::Unreachable),
    ] {
        let refused = Provider::script().any().reply(status, Value::Null);
        assert_eq!(checked(refused).await, Err(code), "{status}");
    }
}
