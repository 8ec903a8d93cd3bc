//! What a check of the credential says.

use passport_evidence::FailureCode;
use passport_testkit::{
    connector,
    provider::{Provider, Reply},
};
use serde_json::{Value, json};

use super::source::{now, source};
use crate::connectors::log_upload::LogUpload;

/// What a check of a store that answers so says of the credential, or why it failed.
async fn checked(reply: Reply, credential: Option<Value>) -> Result<Option<String>, FailureCode> {
    let provider = Provider::script().otherwise(reply).start().await.unwrap();
    let mut config = json!({
        "connector": "log-upload",
        "endpoint": provider.base(),
        "scope": {"service": "checkout-api", "environment": "production"},
        "max_age": "5m",
        "queries": {"error_log_count": {
            "request": {"path": "/v1/${service}"},
            "read": {"count": "/n", "newest": "/at"},
            "threshold": "< 100",
        }},
    });
    if let Some(credential) = credential {
        config["credential"] = credential;
    }
    let hub = connector::hub(&[("TOKEN", "token-1")]);
    let source = connector::built::<LogUpload>(&config, &hub).unwrap();
    let said = source.check(&connector::request(now())).await;
    assert_eq!(provider.requests().len(), 1);
    said.map(|it| it.facts[0].value_text())
        .map_err(|it| it.code)
}

fn token() -> Option<Value> {
    Some(json!({"env": "TOKEN"}))
}

#[tokio::test]
async fn a_store_of_which_nothing_is_known_does_not_tell() {
    let good = || Reply::json(200, json!({"lines": ["never read"]}));
    let said = checked(good(), token()).await;
    assert_eq!(said, Ok(Some("unverifiable".to_owned())));
    assert_eq!(checked(good(), None).await, Ok(None));
}

#[tokio::test]
async fn a_store_that_does_not_answer_has_no_working_credential() {
    for (status, code) in [
        (401, FailureCode::Unauthenticated),
        (403, FailureCode::Denied),
        (404, FailureCode::NotFound),
        (400, FailureCode::NotSupported),
    ] {
        let reply = Reply::json(status, json!({}));
        assert_eq!(checked(reply, token()).await, Err(code), "{status}");
    }
    let page = Reply::text(200, "<html>").header("Content-Type", "text/html");
    assert_eq!(checked(page, token()).await, Err(FailureCode::Malformed));
}

#[tokio::test]
async fn uploads_need_no_credential_of_a_store() {
    let said = source().check(&connector::request(now())).await.unwrap();
    assert_eq!(said.facts[0].value_text(), None);
}
