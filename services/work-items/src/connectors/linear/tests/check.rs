//! What a check says of credentials, and what is sent.

use passport_connector_sdk::{CollectRequest, Kept};
use passport_evidence::{FailureCode, Subject};
use passport_testkit::{
    connector,
    provider::{Provider, Script},
};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::bench::{answers, now};
use crate::connectors::linear::Linear;

fn source(base: &str, credential: Value) -> Value {
    json!({
        "connector": "linear", "endpoint": base, "credential": credential,
        "scope": {
            "team": "ENG", "issue": "ENG-42",
            "release": {"pipeline": "pl-1", "version": "${subject.version}"},
        },
    })
}

/// Every document is asked at the same place.
fn answering(body: Value) -> Script {
    Provider::script().on("POST", "/graphql").reply(200, body)
}

/// An answer to whatever document.
fn all() -> Value {
    let page = json!({"hasNextPage": false});
    json!({"data": {
        "issue": answers()["data"]["issue"],
        "releases": {"nodes": [answers()["release"]]},
        "viewer": {"admin": true},
        "teams": {"nodes": [{"key": "ENG"}], "pageInfo": page},
    }})
}

fn request(version: &str) -> CollectRequest {
    CollectRequest {
        subject: Some(Subject {
            version: Some(version.to_owned()),
            ..Subject::default()
        }),
        ..connector::request(now())
    }
}

#[tokio::test]
async fn a_check_tells_how_broad_the_key_is_and_shows_it_bare() {
    for (credential, shown) in [
        (json!({"env": "KEY"}), "not-a-real-key"),
        (json!({"token": {"env": "KEY"}}), "Bearer not-a-real-key"),
    ] {
        let provider = answering(all()).start().await.unwrap();
        let source = source(&provider.base(), credential);
        let hub = connector::hub(&[("KEY", "not-a-real-key")]);
        let connector = connector::built::<Linear>(&source, &hub).unwrap();
        let observed = connector.check(&request("2.14.0")).await.unwrap();
        assert_eq!(observed.facts.len(), 1);
        assert_eq!(observed.facts[0].value_text().as_deref(), Some("broad"));
        assert_eq!(provider.requests().len(), 3);
        for seen in provider.requests() {
            assert_eq!((seen.method.as_str(), seen.query), ("POST", None));
            let header = seen.headers.get("authorization").unwrap();
            assert_eq!(header.to_str().ok(), Some(shown));
        }
    }
}

#[tokio::test]
async fn an_issue_that_can_not_be_read_fails_the_check() {
    for (status, code) in [
        (401, FailureCode::Unauthenticated),
        (403, FailureCode::Denied),
        (404, FailureCode::NotFound),
    ] {
        let script = Provider::script().any().reply(status, json!({}));
        let provider = script.start().await.unwrap();
        let source = source(&provider.base(), json!({"env": "KEY"}));
        let hub = connector::hub(&[("KEY", "not-a-real-key")]);
        let connector = connector::built::<Linear>(&source, &hub).unwrap();
        let error = connector.check(&request("2.14.0")).await.unwrap_err();
        assert_eq!(error.code, code, "{status}");
    }
}

/// What is sent, less the variables.
fn sent(provider: &Provider) -> Vec<(String, Value)> {
    let requests = provider.requests();
    let bodies = requests.iter().map(|seen| {
        let body: Value = serde_json::from_slice(&seen.body).unwrap();
        assert_eq!(body.as_object().unwrap().len(), 3);
        (
            body["query"].as_str().unwrap().to_owned(),
            body["variables"].clone(),
        )
    });
    bodies.collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever is released, the documents are the same, and its version is one variable.
    #[test]
    fn no_version_changes_a_document(version in "[^\\p{Cc}]{1,60}") {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let documents = runtime.block_on(async {
            let provider = answering(all()).start().await.unwrap();
            let source = source(&provider.base(), json!({"env": "KEY"}));
            let hub = connector::hub(&[("KEY", "not-a-real-key")]);
            let connector = connector::built::<Linear>(&source, &hub).unwrap();
            connector.collect(&request(&version), &Kept::default()).await.unwrap();
            sent(&provider)
        });
        let wanted = [
            include_str!("../documents/issue.graphql"),
            include_str!("../documents/release.graphql"),
            include_str!("../documents/viewer.graphql"),
        ];
        let texts: Vec<_> = documents.iter().map(|(text, _)| text.as_str()).collect();
        prop_assert_eq!(texts, wanted);
        let variables = json!({"pipeline": "pl-1", "version": version, "after": null});
        prop_assert_eq!(&documents[1].1, &variables);
    }
}
