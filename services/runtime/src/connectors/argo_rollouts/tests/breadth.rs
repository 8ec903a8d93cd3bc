//! What a check says of tokens.

use chrono::DateTime;
use passport_evidence::{FailureCode, Status};
use passport_testkit::{
    connector,
    provider::{Provider, Script},
};
use serde_json::{Value, json};

use crate::connectors::argo_rollouts::ArgoRollouts;

const GROUP: &str = "/apis/argoproj.io/v1alpha1";
const ROLLOUT: &str = "/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/checkout-api";
const ARGO: &str = "argoproj.io";
const RBAC: &str = "rbac.authorization.k8s.io";

/// What a check says where the server answers so.
async fn checked(script: Script) -> Result<(Option<String>, Status), FailureCode> {
    let provider = script.start().await.unwrap();
    let source = json!({
        "connector": "argo-rollouts", "endpoint": provider.base(), "credential": {"env": "TOKEN"},
        "scope": {"namespace": "shop", "name": "checkout-api"},
    });
    let hub = connector::hub(&[("TOKEN", "a-token-of-this-test")]);
    let source = connector::built::<ArgoRollouts>(&source, &hub).unwrap();
    let request = connector::request(DateTime::from_timestamp(1_777_800_600, 0).unwrap());
    let observed = source.check(&request).await.map_err(|it| it.code)?;
    let [fact] = observed.facts.as_slice() else {
        panic!("{:?}", observed.facts);
    };
    Ok((fact.value_text(), fact.status()))
}

fn known() -> Script {
    let kinds =
        json!({"groupVersion": "argoproj.io/v1alpha1", "resources": [{"name": "rollouts"}]});
    Provider::script().on("GET", GROUP).reply(200, kinds)
}

fn found() -> Script {
    let rollout = json!({
        "kind": "Rollout", "apiVersion": "argoproj.io/v1alpha1",
        "metadata": {"name": "checkout-api", "namespace": "shop", "uid": "uid-r"}, "spec": {},
    });
    known().on("GET", ROLLOUT).reply(200, rollout)
}

fn runs() -> Value {
    json!({"verb": "list", "group": ARGO, "resource": "analysisruns", "namespace": "shop"})
}

/// A server that allows this.
fn allowing(script: Script, allowed: &[Value]) -> Script {
    let rules = json!({"accessReviews": {"default": false, "allowed": allowed}});
    script.rules(serde_json::from_value(rules).unwrap())
}

#[tokio::test]
async fn a_token_that_reads_no_more_than_its_source_is_narrow() {
    let said = checked(allowing(found(), &[runs()])).await;
    assert_eq!(said, Ok((Some("narrow".to_owned()), Status::Passed)));
}

#[tokio::test]
async fn every_right_beyond_that_is_too_much() {
    let anywhere = [
        ("*", "*", "*", "", "write_capable"),
        ("list", "", "secrets", "", "write_capable"),
        ("impersonate", "", "users", "", "write_capable"),
        ("list", "", "pods", "", "broad"),
        ("list", ARGO, "rollouts", "", "broad"),
        ("list", ARGO, "analysisruns", "", "broad"),
    ];
    let here = [
        ("patch", ARGO, "rollouts", "", "write_capable"),
        ("update", ARGO, "rollouts", "", "write_capable"),
        ("delete", ARGO, "rollouts", "", "write_capable"),
        ("patch", ARGO, "rollouts", "status", "write_capable"),
        ("update", ARGO, "rollouts", "status", "write_capable"),
        ("update", ARGO, "rollouts", "scale", "write_capable"),
        ("patch", ARGO, "analysisruns", "", "write_capable"),
        ("delete", ARGO, "analysisruns", "", "write_capable"),
        ("get", "", "secrets", "", "write_capable"),
        ("create", "", "pods", "", "write_capable"),
        ("create", "", "pods", "exec", "write_capable"),
        ("create", "", "serviceaccounts", "token", "write_capable"),
        ("bind", RBAC, "roles", "", "write_capable"),
        ("escalate", RBAC, "roles", "", "write_capable"),
        ("get", "*", "*", "", "broad"),
    ];
    let anywhere = anywhere.into_iter().map(|it| (it, ""));
    for ((verb, group, resource, part, word), namespace) in
        anywhere.chain(here.into_iter().map(|it| (it, "shop")))
    {
        let mut action = json!({"verb": verb, "group": group, "resource": resource});
        for (key, value) in [("subresource", part), ("namespace", namespace)] {
            if !value.is_empty() {
                action[key] = json!(value);
            }
        }
        let said = checked(allowing(found(), &[runs(), action.clone()])).await;
        let (said, status) = said.unwrap();
        assert_eq!(said.as_deref(), Some(word), "{action}");
        assert_ne!(status, Status::Passed, "{action}");
    }
}

#[tokio::test]
async fn a_token_that_may_not_list_runs_is_not_enough() {
    let said = checked(allowing(found(), &[])).await;
    assert_eq!(said, Ok((None, Status::Unknown)));
}

#[tokio::test]
async fn what_is_not_told_is_not_narrow() {
    let said = checked(found()).await;
    assert_eq!(said, Ok((Some("unverifiable".to_owned()), Status::Unknown)));
}

#[tokio::test]
async fn an_absent_rollout_is_no_fault_of_the_token() {
    let missing = json!({"kind": "Status", "code": 404, "details": {"name": "checkout-api"}});
    let absent = known().on("GET", ROLLOUT).reply(404, missing);
    let said = checked(allowing(absent, &[runs()])).await;
    assert_eq!(said, Ok((Some("narrow".to_owned()), Status::Passed)));
    let nothing = Provider::script().any().reply(404, json!({}));
    assert_eq!(checked(nothing).await, Err(FailureCode::NotSupported));
    let refused = Provider::script().any().reply(401, json!({}));
    assert_eq!(checked(refused).await, Err(FailureCode::Unauthenticated));
}
