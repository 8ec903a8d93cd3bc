//! What a check says of tokens.

use chrono::DateTime;
use passport_evidence::{FailureCode, Status};
use passport_testkit::{
    connector,
    provider::{Provider, Script},
};
use serde_json::{Value, json};

use crate::connectors::flagger::Flagger;

const CANARY: &str = "/apis/flagger.app/v1beta1/namespaces/shop/canaries/checkout-api";
const FLAGGER: &str = "flagger.app";

/// What a check says where the server answers so.
async fn checked(script: Script) -> Result<(Option<String>, Status), FailureCode> {
    let provider = script.start().await.unwrap();
    let source = json!({
        "connector": "flagger", "endpoint": provider.base(), "credential": {"env": "TOKEN"},
        "scope": {"namespace": "shop", "name": "checkout-api"},
    });
    let hub = connector::hub(&[("TOKEN", "a-token-of-this-test")]);
    let source = connector::built::<Flagger>(&source, &hub).unwrap();
    let request = connector::request(DateTime::from_timestamp(1_777_800_600, 0).unwrap());
    let observed = source.check(&request).await.map_err(|it| it.code)?;
    let [fact] = observed.facts.as_slice() else {
        panic!("{:?}", observed.facts);
    };
    Ok((fact.value_text(), fact.status()))
}

fn found() -> Script {
    let canary = json!({
        "kind": "Canary", "apiVersion": "flagger.app/v1beta1",
        "metadata": {"name": "checkout-api", "namespace": "shop", "uid": "uid-c"},
        "spec": {"targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "api"}},
    });
    Provider::script().on("GET", CANARY).reply(200, canary)
}

fn pods() -> Value {
    json!({"verb": "list", "group": "", "resource": "pods", "namespace": "shop"})
}

/// A server that allows this.
fn allowing(script: Script, allowed: &[Value]) -> Script {
    let rules = json!({"accessReviews": {"default": false, "allowed": allowed}});
    script.rules(serde_json::from_value(rules).unwrap())
}

#[tokio::test]
async fn a_token_that_reads_no_more_than_its_source_is_narrow() {
    let said = checked(allowing(found(), &[pods()])).await;
    assert_eq!(said, Ok((Some("narrow".to_owned()), Status::Passed)));
}

#[tokio::test]
async fn every_right_beyond_that_is_too_much() {
    for (verb, group, resource, part, namespace, word) in [
        ("*", "*", "*", "", "", "write_capable"),
        ("list", "", "secrets", "", "", "write_capable"),
        ("list", "", "pods", "", "", "broad"),
        ("list", FLAGGER, "canaries", "", "", "broad"),
        ("list", "apps", "deployments", "", "", "broad"),
        ("patch", FLAGGER, "canaries", "", "shop", "write_capable"),
        (
            "update",
            FLAGGER,
            "canaries",
            "status",
            "shop",
            "write_capable",
        ),
        ("delete", FLAGGER, "canaries", "", "shop", "write_capable"),
        ("patch", "apps", "deployments", "", "shop", "write_capable"),
        (
            "update",
            "apps",
            "deployments",
            "scale",
            "shop",
            "write_capable",
        ),
        ("create", "", "pods", "exec", "shop", "write_capable"),
        ("get", "", "secrets", "", "shop", "write_capable"),
        ("get", "*", "*", "", "shop", "broad"),
    ] {
        let mut action = json!({"verb": verb, "group": group, "resource": resource});
        for (key, value) in [("subresource", part), ("namespace", namespace)] {
            if !value.is_empty() {
                action[key] = json!(value);
            }
        }
        let said = checked(allowing(found(), &[pods(), action.clone()])).await;
        let (said, status) = said.unwrap();
        assert_eq!(said.as_deref(), Some(word), "{action}");
        assert_ne!(status, Status::Passed, "{action}");
    }
}

#[tokio::test]
async fn what_is_not_told_or_not_enough_is_not_narrow() {
    let said = checked(found()).await;
    assert_eq!(said, Ok((Some("unverifiable".to_owned()), Status::Unknown)));
    let said = checked(allowing(found(), &[])).await;
    assert_eq!(said, Ok((None, Status::Unknown)));
}

#[tokio::test]
async fn an_absent_canary_is_no_fault_of_the_token() {
    let missing = json!({"kind": "Status", "code": 404, "details": {"name": "checkout-api"}});
    let absent = Provider::script().on("GET", CANARY).reply(404, missing);
    let said = checked(allowing(absent, &[])).await;
    assert_eq!(said, Ok((Some("narrow".to_owned()), Status::Passed)));
    let nothing = Provider::script().any().reply(404, json!({}));
    assert_eq!(checked(nothing).await, Err(FailureCode::NotSupported));
    let refused = Provider::script().any().reply(401, json!({}));
    assert_eq!(checked(refused).await, Err(FailureCode::Unauthenticated));
}
