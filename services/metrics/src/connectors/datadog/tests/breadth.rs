//! What a check of the keys says.

use passport_connector_sdk::ReadError;
use passport_testkit::{
    connector::{built, hub, request},
    provider::{Provider, Reply, Script},
};
use serde_json::{Value, json};

use super::provider::NOW;
use crate::connectors::datadog::Datadog;

const KEYS: &str = "/api/v2/current_user/application_keys";
const MONITOR: &str = "/api/v1/monitor/7";

/// What a check of the keys says, or the code of its failure, and what was asked.
async fn checked(script: Script) -> (String, Vec<String>) {
    let provider = script.start().await.unwrap();
    let key = |name: &str| json!({"env": name});
    let source = json!({
        "connector": "datadog",
        "endpoint": provider.base(),
        "credential": {"api_key": key("API"), "app_key": key("APP")},
        "scope": {"tags": {"env": "production", "service": "checkout-api"}},
        "queries": {"monitor_state": {"monitor": 7}},
    });
    let hub = hub(&[
        ("API", "key-of-the-organization"),
        ("APP", "application-key-wxyz"),
    ]);
    let connector = built::<Datadog>(&source, &hub).unwrap();
    let now = chrono::DateTime::from_timestamp(NOW, 0).unwrap();
    let said = match connector.check(&request(now)).await {
        Ok(seen) => seen.facts[0].value_text().unwrap_or_default(),
        Err(error) => error.code.to_string(),
    };
    let asked = provider.requests().into_iter();
    (said, asked.map(|seen| seen.path).collect())
}

fn listing(keys: Value) -> Script {
    let script = Provider::script().on("GET", MONITOR);
    let script = script.respond(Reply::json(200, json!({"id": 7})));
    script
        .on("GET", KEYS)
        .respond(Reply::json(200, json!({"data": keys})))
}

fn key(last4: &str, scopes: Value) -> Value {
    json!({"id": "x", "attributes": {"last4": last4, "scopes": scopes}})
}

#[tokio::test]
async fn the_own_key_is_found_by_its_end() {
    let other = key("abcd", json!(null));
    let narrow = key("wxyz", json!(["monitors_read"]));
    let (said, asked) = checked(listing(json!([other, narrow]))).await;
    assert_eq!((said.as_str(), asked.len()), ("narrow", 2));
    let unscoped = listing(json!([key("wxyz", json!(null))]));
    assert_eq!(checked(unscoped).await.0, "broad");
    let writes = listing(json!([key("wxyz", json!(["monitors_write"]))]));
    assert_eq!(checked(writes).await.0, "write_capable");
}

#[tokio::test]
async fn what_is_not_listed_is_not_known_to_be_narrow() {
    for keys in [
        json!([]),
        json!([key("abcd", json!([]))]),
        json!([{"attributes": {"last4": "wxyz"}}]),
        json!([["wxyz", []]]),
        json!(null),
    ] {
        assert_eq!(
            checked(listing(keys.clone())).await.0,
            "unverifiable",
            "{keys}"
        );
    }
    let script = Provider::script().on("GET", MONITOR);
    let script = script.respond(Reply::json(200, json!({"id": 7})));
    let hidden = script.otherwise(Reply::json(403, json!({"errors": ["Forbidden"]})));
    assert_eq!(checked(hidden).await.0, "unverifiable");
}

#[tokio::test]
async fn keys_that_do_not_work_are_no_narrow_ones() {
    for (status, error) in [
        (401, ReadError::Unauthenticated),
        (403, ReadError::Denied),
        (429, ReadError::Throttled { retry_at: None }),
        (500, ReadError::Unreachable),
    ] {
        let script = Provider::script().otherwise(Reply::json(status, json!({})));
        let code = error.failure().unwrap().code.to_string();
        assert_eq!(checked(script).await.0, code, "{status}");
    }
}
