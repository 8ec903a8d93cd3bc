//! What a check of the credential says.

use passport_connector_sdk::{Registry, credential_scope::Breadth};
use passport_proto::collector::{
    CheckSourceRequest, collector_service_server::CollectorService as _,
};
use passport_testkit::{
    env::Env,
    provider::{Provider, Reply, Script},
    scenario::{Bench, source_id},
};
use serde_json::{Value, json};

use crate::connectors::loki::{
    Loki,
    breadth::{judge, of_label},
};

#[test]
fn a_label_shows_its_own_value_another_or_nothing() {
    let of = |values: &[&str]| {
        let values: Vec<_> = values.iter().map(|value| (*value).to_owned()).collect();
        of_label(&values, "shop")
    };
    assert_eq!(of(&["shop"]), Breadth::Narrow);
    assert_eq!(of(&["shop", "bank"]), Breadth::Broad);
    assert_eq!(of(&["bank"]), Breadth::Broad);
    assert_eq!(of(&[]), Breadth::Unverifiable);
}

#[test]
fn narrow_is_only_what_was_seen_to_be_narrow_in_every_label() {
    use Breadth::{Broad, Narrow, Unverifiable};
    assert_eq!(judge(&[Narrow, Narrow]), Narrow);
    assert_eq!(judge(&[Narrow, Broad]), Broad);
    assert_eq!(judge(&[Unverifiable, Broad]), Broad);
    assert_eq!(judge(&[Narrow, Unverifiable]), Unverifiable);
    assert_eq!(judge(&[]), Unverifiable);
}

fn path(label: &str) -> String {
    format!("/loki/api/v1/label/{label}/values")
}

/// A server that shows these values of `app` and `namespace`, and hides all else.
fn showing(app: Value, namespace: Value) -> Script {
    let list = |values: Value| Reply::json(200, json!({"status": "success", "data": values}));
    let script = Provider::script().on("GET", path("app")).respond(list(app));
    script.on("GET", path("namespace")).respond(list(namespace))
}

/// What a check of the credential says, or the code of its failure, and which paths it asked.
async fn checked(script: Script, credential: Option<Value>) -> (String, Vec<String>) {
    let provider = script.start().await.unwrap();
    let env = Env::default();
    env.set("TOKEN", "token-1");
    let mut source = json!({
        "connector": "loki",
        "endpoint": provider.base(),
        "scope": {"labels": {"app": "checkout-api", "namespace": "shop"}},
        "queries": {"log_lines": {"lines": "{${scope}}"}},
    });
    if let Some(credential) = credential {
        source["credential"] = credential;
    }
    let id = source_id("acme", "checkout-api", "production", "logs").unwrap();
    let registry = Registry::default().with::<Loki>();
    let now = chrono::DateTime::from_timestamp(1_777_800_600, 0).unwrap();
    let bench = Bench::new(&registry, id.clone(), now).source(source);
    let trial = bench.env(env).start().unwrap();
    let request = CheckSourceRequest {
        scope: Some((&id.scope).into()),
        source: id.name.to_string(),
    };
    let answer = trial.server.check_source(tonic::Request::new(request));
    let answer = answer.await.unwrap().into_inner();
    let said = match answer.facts.first() {
        Some(fact) => fact.value.clone().unwrap_or_default().text,
        None => format!("failed {}", answer.failure.unwrap().code),
    };
    let asked = provider.requests().into_iter().map(|seen| seen.path);
    (said, asked.collect())
}

async fn breadth_of(script: Script) -> String {
    checked(script, Some(json!({"env": "TOKEN"}))).await.0
}

#[tokio::test]
async fn every_label_of_the_scope_is_looked_at() {
    let own = showing(json!(["checkout-api"]), json!(["shop"]));
    let (said, asked) = checked(own, Some(json!({"env": "TOKEN"}))).await;
    assert_eq!(said, "narrow");
    assert!(asked.contains(&path("app")) && asked.contains(&path("namespace")));
    let second = showing(json!(["checkout-api"]), json!(["bank", "shop"]));
    assert_eq!(breadth_of(second).await, "broad");
    let first = showing(json!(["billing", "checkout-api"]), json!(["shop"]));
    assert_eq!(breadth_of(first).await, "broad");
}

#[tokio::test]
async fn what_is_hidden_is_not_known_to_be_narrow() {
    for hidden in [json!([]), json!(null)] {
        let script = showing(json!(["checkout-api"]), hidden);
        assert_eq!(breadth_of(script).await, "unverifiable");
    }
    let script = Provider::script().otherwise(Reply::json(403, json!({})));
    assert_eq!(breadth_of(script).await, "unverifiable");
}

#[tokio::test]
async fn without_a_credential_nothing_is_broad_or_narrow() {
    let script = showing(json!(["checkout-api"]), json!(["shop"]));
    assert_eq!(checked(script, None).await.0, "");
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_no_narrow_one() {
    for status in [400, 401, 429] {
        let script = Provider::script().otherwise(Reply::json(status, json!({})));
        assert!(breadth_of(script).await.starts_with("failed"), "{status}");
    }
}
