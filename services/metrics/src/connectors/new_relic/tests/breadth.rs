//! What a check of the key says.

use passport_connector_sdk::ReadError;
use passport_testkit::{
    connector::{built, hub, request},
    provider::{Provider, Reply, Script},
};
use serde_json::{Value, json};

use super::provider::{ACCOUNT, GUID, NOW};
use crate::connectors::new_relic::NewRelic;

/// What a check of the key says, or the code of its failure.
async fn checked(script: Script) -> String {
    let provider = script.start().await.unwrap();
    let attributes = json!({"appName": "checkout-api", "environment": "production"});
    let source = json!({
        "connector": "new-relic",
        "endpoint": provider.base(),
        "credential": {"env": "KEY"},
        "scope": {"account": ACCOUNT, "attributes": attributes, "entity": GUID},
        "queries": {"apm_health": {"entity": true}},
    });
    let hub = hub(&[("KEY", "NRAK-A-KEY")]);
    let connector = built::<NewRelic>(&source, &hub).unwrap();
    let now = chrono::DateTime::from_timestamp(NOW, 0).unwrap();
    match connector.check(&request(now)).await {
        Ok(seen) => seen.facts[0].value_text().unwrap_or_default(),
        Err(error) => error.code.to_string(),
    }
}

fn answering(body: Value) -> Script {
    Provider::script()
        .on("POST", "/graphql")
        .respond(Reply::json(200, body))
}

fn listing(accounts: Value) -> Script {
    answering(json!({"data": {"actor": {"accounts": accounts}}}))
}

#[tokio::test]
async fn a_key_that_sees_other_accounts_is_broad() {
    let both = json!([{"id": ACCOUNT, "name": "x"}, {"id": 7}]);
    assert_eq!(checked(listing(both)).await, "broad");
    let own = json!([{"id": ACCOUNT}]);
    assert_eq!(checked(listing(own)).await, "unverifiable");
}

#[tokio::test]
async fn a_key_that_does_not_see_the_account_may_not_ask_about_it() {
    let denied = ReadError::Denied.failure().unwrap().code.to_string();
    assert_eq!(checked(listing(json!([{"id": 7}]))).await, denied);
}

#[tokio::test]
async fn a_key_that_does_not_work_is_no_narrow_one() {
    for (status, error) in [
        (401, ReadError::Unauthenticated),
        (403, ReadError::Denied),
        (500, ReadError::Unreachable),
    ] {
        let script = Provider::script().otherwise(Reply::json(status, json!({})));
        let code = error.failure().unwrap().code.to_string();
        assert_eq!(checked(script).await, code, "{status}");
    }
    let errors = json!([{"extensions": {"errorClass": "ACCESS_DENIED"}}]);
    let refused = answering(json!({"data": null, "errors": errors}));
    let denied = ReadError::Denied.failure().unwrap().code.to_string();
    assert_eq!(checked(refused).await, denied);
}
