//! What a check says of tokens.

use chrono::DateTime;
use passport_evidence::{FailureCode, Status};
use passport_testkit::{
    connector,
    provider::{Provider, Reply, Script},
};
use serde_json::{Value, json};

use super::world::good;
use crate::connectors::nomad::Nomad;

const JOB: &str = "/v1/job/checkout-api";
const SELF: &str = "/v1/acl/token/self";
const POLICY: &str = "/v1/acl/policy/reader";

/// What a check says where Nomad answers so.
async fn checked(script: Script) -> Result<(Option<String>, Status), FailureCode> {
    let provider = script.start().await.unwrap();
    let source = json!({
        "connector": "nomad", "endpoint": provider.base(), "credential": {"env": "TOKEN"},
        "scope": {"namespace": "shop", "job_id": "checkout-api"},
    });
    let hub = connector::hub(&[("TOKEN", "a-token-of-this-test")]);
    let built = connector::built::<Nomad>(&source, &hub).unwrap();
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
    Provider::script()
        .on("GET", JOB)
        .reply(200, good()["job"].clone())
}

fn with_rules(script: Script, rules: &str) -> Script {
    let token = json!({"Type": "client", "Policies": ["reader"], "Roles": []});
    let policy = json!({"Name": "reader", "Rules": rules});
    let script = script.on("GET", SELF).reply(200, token);
    script.on("GET", POLICY).reply(200, policy)
}

fn narrow() -> Result<(Option<String>, Status), FailureCode> {
    Ok((Some("narrow".to_owned()), Status::Passed))
}

#[tokio::test]
async fn a_token_that_reads_no_more_than_its_source_is_narrow() {
    let script = with_rules(found(), "namespace \"shop\" { policy = \"read\" }");
    assert_eq!(checked(script).await, narrow());
}

#[tokio::test]
async fn what_is_not_told_is_not_narrow() {
    let untold = Ok((Some("unverifiable".to_owned()), Status::Unknown));
    assert_eq!(checked(found()).await, untold);
    for token in [
        json!(null),
        json!([]),
        json!({"Type": 7}),
        json!({"Policies": []}),
    ] {
        let script = found().on("GET", SELF).reply(200, token.clone());
        assert_eq!(checked(script).await, untold, "{token}");
    }
}

#[tokio::test]
async fn an_absent_job_is_no_fault_of_the_token_where_nomad_says_so() {
    let rules = "namespace \"shop\" { policy = \"read\" }";
    let absent = Provider::script().on("GET", JOB);
    let absent = absent.respond(Reply::text(404, "job not found"));
    assert_eq!(checked(with_rules(absent, rules)).await, narrow());
    let nothing = Provider::script().any().reply(404, json!({}));
    assert_eq!(checked(nothing).await, Err(FailureCode::NotFound));
}

#[tokio::test]
async fn a_job_that_can_not_be_read_fails_the_check() {
    let refused = |status| Provider::script().any().reply(status, Value::Null);
    for (status, code) in [
        (401, FailureCode::Unauthenticated),
        (403, FailureCode::Denied),
        (500, FailureCode::Unreachable),
    ] {
        assert_eq!(checked(refused(status)).await, Err(code), "{status}");
    }
    let mut other = good()["job"].clone();
    other["Namespace"] = json!("default");
    let other = Provider::script().on("GET", JOB).reply(200, other);
    assert_eq!(checked(other).await, Err(FailureCode::OutOfScope));
}
