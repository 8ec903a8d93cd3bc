use passport_connector_sdk::Registry;
use passport_proto::collector::{
    CheckSourceRequest, collector_service_server::CollectorService as _,
};
use passport_testkit::{
    env::Env,
    provider::{Provider, Reply, Script},
    scenario::{Bench, source_id},
};
use serde_json::{Value, json};

use super::*;
use crate::connectors::prometheus::Prometheus;

fn values(values: &[&str]) -> Vec<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}

#[test]
fn a_label_shows_its_own_value_another_or_nothing() {
    assert_eq!(seen(&values(&["shop"]), "shop"), Sight::Own);
    assert_eq!(seen(&values(&["shop", "bank"]), "shop"), Sight::Foreign);
    assert_eq!(seen(&values(&["bank"]), "shop"), Sight::Foreign);
    assert_eq!(seen(&[], "shop"), Sight::Hidden);
}

#[test]
fn narrow_is_only_what_was_seen_to_be_narrow_in_every_label() {
    use Sight::{Foreign, Hidden, Own};
    let denied = || Err(ReadError::Denied);
    for (sights, configuration, expected) in [
        (&[Own, Own][..], denied(), Breadth::Narrow),
        (&[Own], Err(ReadError::NotFound), Breadth::Narrow),
        (&[Own, Own], Ok(()), Breadth::Broad),
        (&[Own, Foreign], denied(), Breadth::Broad),
        (&[Hidden, Foreign], Ok(()), Breadth::Broad),
        (&[Hidden, Hidden], Ok(()), Breadth::Broad),
        (&[Own, Hidden], denied(), Breadth::Unverifiable),
        (&[Hidden], denied(), Breadth::Unverifiable),
        (&[], denied(), Breadth::Unverifiable),
        (&[Own], Err(ReadError::Unreachable), Breadth::Unverifiable),
        (&[Own], Err(ReadError::TimedOut), Breadth::Unverifiable),
        (&[Own], Err(ReadError::Rejected), Breadth::Unverifiable),
    ] {
        let judged = judge(sights, configuration);
        assert_eq!(judged, expected, "{sights:?} {configuration:?}");
    }
}

const CONFIGURATION: &str = "/api/v1/status/config";

fn path(label: &str) -> String {
    format!("/api/v1/label/{label}/values")
}

/// A server that shows these values of `app` and `namespace` and hides all else.
fn showing(app: &[&str], namespace: &[&str]) -> Script {
    let list = |values: &[&str]| Reply::json(200, json!({"status": "success", "data": values}));
    let script = Provider::script().on("GET", path("app")).respond(list(app));
    let script = script.on("GET", path("namespace"));
    script.respond(list(namespace))
}

/// What a check of the credential says, or the code of its failure, and which paths it asked.
async fn checked(script: Script, credential: Option<Value>) -> (String, Vec<String>) {
    let provider = script.start().await.unwrap();
    let env = Env::default();
    env.set("TOKEN", "token-1");
    let mut source = json!({
        "connector": "prometheus",
        "endpoint": provider.base(),
        "scope": {"labels": {"app": "checkout-api", "namespace": "shop"}},
        "queries": {"saturation": {"promql": "load{${scope}}", "unit": "ratio"}},
    });
    if let Some(credential) = credential {
        source["credential"] = credential;
    }
    let id = source_id("acme", "checkout-api", "production", "prom").unwrap();
    let registry = Registry::default().with::<Prometheus>();
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
    let own = showing(&["checkout-api"], &["shop"]);
    let (said, asked) = checked(own, Some(json!({"env": "TOKEN"}))).await;
    assert_eq!(said, "narrow");
    for path in [path("app"), path("namespace"), CONFIGURATION.to_owned()] {
        assert!(asked.contains(&path), "{path} is not in {asked:?}");
    }
    let second = showing(&["checkout-api"], &["bank", "shop"]);
    assert_eq!(breadth_of(second).await, "broad");
    let first = showing(&["billing", "checkout-api"], &["shop"]);
    assert_eq!(breadth_of(first).await, "broad");
}

#[tokio::test]
async fn what_is_hidden_is_not_known_to_be_narrow() {
    let hidden = showing(&["checkout-api"], &[]);
    assert_eq!(breadth_of(hidden).await, "unverifiable");
    let script = Provider::script().otherwise(Reply::json(403, json!({})));
    assert_eq!(breadth_of(script).await, "unverifiable");
}

#[tokio::test]
async fn a_credential_that_reads_the_configuration_is_broad() {
    let script = showing(&["checkout-api"], &["shop"]).on("GET", CONFIGURATION);
    let script = script.respond(Reply::json(200, json!({"status": "success"})));
    assert_eq!(breadth_of(script).await, "broad");
}

#[tokio::test]
async fn without_a_credential_nothing_is_broad_or_narrow() {
    let script = showing(&["checkout-api"], &["shop"]);
    let (said, asked) = checked(script, None).await;
    assert_eq!(said, "");
    assert!(!asked.contains(&CONFIGURATION.to_owned()));
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_no_narrow_one() {
    let script = Provider::script().otherwise(Reply::json(401, json!({})));
    assert!(breadth_of(script).await.starts_with("failed"));
}
