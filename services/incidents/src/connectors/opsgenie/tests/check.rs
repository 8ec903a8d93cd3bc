//! What a check says of keys, and what it advises where one is not known.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use passport_connector_sdk::{CollectError, Kept};
use passport_evidence::FailureCode;
use passport_testkit::{
    connector,
    provider::{Provider, Script},
};
use serde_json::{Value, json};

use super::bench::{TAG, now};
use crate::connectors::opsgenie::Opsgenie;

const CLOUD: &str = "11111111-2222-4333-8444-555555555555";
const SECRETS: [(&str, &str); 3] = [
    ("KEY", "not-a-real-key"),
    ("EMAIL", "reader@acme.test"),
    ("TOKEN", "not-a-real-token"),
];

fn opsgenie() -> Value {
    json!({"connector": "opsgenie", "credential": {"env": "KEY"}, "scope": {"tag": TAG}})
}

fn successor() -> Value {
    json!({
        "connector": "opsgenie", "profile": "jsm-operations", "cloud_id": CLOUD,
        "credential": {"email": {"env": "EMAIL"}, "api_token": {"env": "TOKEN"}},
        "scope": {"tag": TAG},
    })
}

async fn checked(script: Script, mut source: Value) -> Result<(String, Provider), CollectError> {
    let provider = script.start().await.unwrap();
    source["endpoint"] = json!(provider.base());
    let hub = connector::hub(&SECRETS);
    let connector = connector::built::<Opsgenie>(&source, &hub).unwrap();
    let facts = connector.check(&connector::request(now())).await?.facts;
    assert_eq!(facts.len(), 1);
    Ok((facts[0].value_text().unwrap(), provider))
}

fn script(account: u16) -> Script {
    Provider::script()
        .on("GET", "/v2/alerts")
        .reply(200, json!({"data": [], "paging": {}}))
        .on("GET", "/v2/account")
        .reply(account, json!({"data": {}}))
        .on("GET", format!("/jsm/ops/api/{CLOUD}/v1/alerts"))
        .reply(200, json!({"values": [], "links": {}}))
}

#[tokio::test]
async fn a_key_is_never_narrow() {
    for (account, word) in [
        (200, "broad"),
        (403, "unverifiable"),
        (402, "unverifiable"),
        (404, "unverifiable"),
        (500, "unverifiable"),
    ] {
        let (found, provider) = checked(script(account), opsgenie()).await.unwrap();
        assert_eq!(found, word, "{account}");
        for seen in provider.requests() {
            assert_eq!(
                seen.header("authorization"),
                Some("GenieKey not-a-real-key")
            );
        }
    }
}

#[tokio::test]
async fn the_successor_is_shown_an_account_and_asked_for_nothing_of_opsgenie() {
    let (found, provider) = checked(script(200), successor()).await.unwrap();
    assert_eq!(found, "unverifiable");
    let shown = format!(
        "Basic {}",
        STANDARD.encode("reader@acme.test:not-a-real-token")
    );
    for seen in provider.requests() {
        assert_eq!(seen.header("authorization"), Some(shown.as_str()));
        assert!(seen.path.starts_with("/jsm/ops/api/"), "{}", seen.path);
    }
}

#[tokio::test]
async fn a_key_that_is_not_known_may_be_of_another_region() {
    for (status, message) in [
        (401, "Could not authenticate"),
        (422, "Key format is not valid!"),
    ] {
        let refusal = json!({"message": message});
        let script = Provider::script().any().reply(status, refusal);
        let failure = checked(script, opsgenie()).await.err().unwrap();
        assert_eq!(failure.code, FailureCode::Unauthenticated);
        assert!(failure.advice().contains("https://api.eu.opsgenie.com"));
    }
    let script = Provider::script().any().reply(401, json!({}));
    let failure = checked(script, successor()).await.err().unwrap();
    assert!(!failure.advice().contains("opsgenie.com"));
}

#[tokio::test]
async fn a_refusal_that_is_no_complaint_about_the_key_stays_what_it_is() {
    for (status, body, code) in [
        (
            403,
            json!({"message": "To perform this action, use another key."}),
            FailureCode::Denied,
        ),
        (403, json!({"message": null}), FailureCode::Denied),
        (403, json!(["could not authenticate"]), FailureCode::Denied),
        (
            500,
            json!({"message": "Could not authenticate"}),
            FailureCode::Unreachable,
        ),
        (404, json!({}), FailureCode::NotFound),
    ] {
        let script = Provider::script().any().reply(status, body.clone());
        let failure = checked(script, opsgenie()).await.err().unwrap();
        assert_eq!(failure.code, code, "{status} {body}");
    }
}

#[tokio::test]
async fn nothing_but_the_scope_enters_the_query() {
    let provider = script(403).start().await.unwrap();
    let mut source = opsgenie();
    source["endpoint"] = json!(provider.base());
    source["scope"] = json!({"tag": "a b&c=d", "team": "Pay ments"});
    let connector = connector::built::<Opsgenie>(&source, &connector::hub(&SECRETS)).unwrap();
    let request = connector::request(now());
    connector.collect(&request, &Kept::default()).await.unwrap();
    let seen = provider.requests();
    let alerts = seen.iter().find(|it| it.path == "/v2/alerts").unwrap();
    let query = alerts.query.as_deref().unwrap();
    let wanted =
        "query=status%3Aopen+AND+tag%3A%22a+b%26c%3Dd%22+AND+responders%3A%22Pay+ments%22&";
    assert!(query.starts_with(wanted), "{query}");
}
