//! What a check says of tokens.

use chrono::DateTime;
use passport_evidence::{FailureCode, Status};
use passport_testkit::{
    connector,
    provider::{Provider, Script},
};
use serde_json::{Value, json};

use crate::connectors::kubernetes::Kubernetes;

const WORKLOAD: &str = "/apis/apps/v1/namespaces/shop/deployments/checkout-api";
const RBAC: &str = "rbac.authorization.k8s.io";

/// What a check says where the server answers so.
async fn checked(script: Script) -> Result<(Option<String>, Status), FailureCode> {
    checked_at(&script.start().await.unwrap()).await
}

/// What a check says of a token that is shown to this server.
pub async fn checked_at(provider: &Provider) -> Result<(Option<String>, Status), FailureCode> {
    let source = json!({
        "connector": "kubernetes", "endpoint": provider.base(), "credential": {"env": "TOKEN"},
        "scope": {"namespace": "shop", "kind": "Deployment", "name": "checkout-api"},
    });
    let hub = connector::hub(&[("TOKEN", "a-token-of-this-test")]);
    let connector = connector::built::<Kubernetes>(&source, &hub).unwrap();
    let request = connector::request(DateTime::from_timestamp(1_777_800_600, 0).unwrap());
    let observed = connector.check(&request).await.map_err(|it| it.code)?;
    let [fact] = observed.facts.as_slice() else {
        panic!("{:?}", observed.facts);
    };
    Ok((fact.value_text(), fact.status()))
}

fn workload() -> Value {
    json!({
        "kind": "Deployment", "apiVersion": "apps/v1",
        "metadata": {"name": "checkout-api", "namespace": "shop", "uid": "uid-d"},
        "spec": {"selector": {}, "template": {"spec": {"containers": []}}},
    })
}

pub fn pods() -> Value {
    json!({"verb": "list", "group": "", "resource": "pods", "namespace": "shop"})
}

/// A server that allows this, beside the list of pods.
pub fn allowing(script: Script, allowed: &[Value]) -> Script {
    let rules = json!({"accessReviews": {"default": false, "allowed": allowed}});
    script.rules(serde_json::from_value(rules).unwrap())
}

pub fn found() -> Script {
    Provider::script()
        .on("GET", WORKLOAD)
        .reply(200, workload())
}

#[tokio::test]
async fn a_token_that_reads_no_more_than_its_source_is_narrow() {
    let said = checked(allowing(found(), &[pods()])).await;
    assert_eq!(said, Ok((Some("narrow".to_owned()), Status::Passed)));
}

#[tokio::test]
async fn every_right_beyond_that_is_too_much() {
    let here = "shop";
    let of = |verb: &str, group: &str, resource: &str| json!({"verb": verb, "group": group, "resource": resource});
    let with = |mut action: Value, key: &str, value: &str| {
        action[key] = json!(value);
        action
    };
    let anywhere = [
        (of("*", "*", "*"), "write_capable"),
        (of("list", "", "secrets"), "write_capable"),
        (of("impersonate", "", "users"), "write_capable"),
        (of("list", "", "pods"), "broad"),
        (of("list", "apps", "deployments"), "broad"),
    ];
    let exec = with(of("create", "", "pods"), "subresource", "exec");
    let token = with(of("create", "", "serviceaccounts"), "subresource", "token");
    let in_namespace = [
        (of("get", "", "secrets"), "write_capable"),
        (of("list", "", "secrets"), "write_capable"),
        (of("create", "", "pods"), "write_capable"),
        (exec, "write_capable"),
        (token, "write_capable"),
        (of("impersonate", "", "serviceaccounts"), "write_capable"),
        (of("patch", "apps", "deployments"), "write_capable"),
        (of("update", "apps", "deployments"), "write_capable"),
        (of("delete", "apps", "deployments"), "write_capable"),
        (of("bind", RBAC, "roles"), "write_capable"),
        (of("escalate", RBAC, "roles"), "write_capable"),
        (of("get", "*", "*"), "broad"),
    ];
    let in_namespace = in_namespace.map(|(action, word)| (with(action, "namespace", here), word));
    for (action, word) in anywhere.into_iter().chain(in_namespace) {
        let said = checked(allowing(found(), &[pods(), action.clone()])).await;
        let (said, status) = said.unwrap();
        assert_eq!(said.as_deref(), Some(word), "{action}");
        assert_ne!(status, Status::Passed, "{action}");
    }
}

#[tokio::test]
async fn a_token_that_may_not_list_pods_is_not_enough() {
    let said = checked(allowing(found(), &[])).await;
    assert_eq!(said, Ok((None, Status::Unknown)));
}

#[tokio::test]
async fn what_is_not_told_is_not_narrow() {
    let said = checked(found()).await;
    assert_eq!(said, Ok((Some("unverifiable".to_owned()), Status::Unknown)));
}

#[tokio::test]
async fn an_absent_workload_is_no_fault_of_the_token_unless_nothing_is_there() {
    let absent = Provider::script().on("GET", WORKLOAD);
    let absent = absent.reply(404, json!({"kind": "Status"}));
    let said = checked(allowing(absent, &[pods()])).await;
    assert_eq!(said, Ok((Some("narrow".to_owned()), Status::Passed)));
    let nothing = Provider::script().any().reply(404, json!({}));
    assert_eq!(checked(nothing).await, Err(FailureCode::NotFound));
    let refused = Provider::script().any().reply(401, json!({}));
    assert_eq!(checked(refused).await, Err(FailureCode::Unauthenticated));
}
