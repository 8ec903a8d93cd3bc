//! The service account of the collector's own pod.

use chrono::{DateTime, Utc};
use passport_connector_sdk::{CollectRequest, Connector, Hub, Kept};
use passport_evidence::{FailureCode, Status, Subject};
use passport_kubernetes_api::POD;
use passport_testkit::{
    case::{Case, Rules, Tls},
    connector,
    env::Env,
    pod::{Mounted, WORKSPACE, env, hub},
    provider::{Provider, Script, stranger},
};
use serde_json::{Value, json};

use super::CASES;
use crate::connectors::flux::Flux;

const OBJECT: &str =
    "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations/checkout-api";

fn case() -> Case {
    Case::load(format!("{CASES}/kustomization-ready.case.json")).unwrap()
}

fn source() -> Value {
    json!({
        "connector": "flux", "in_cluster": true,
        "scope": {"kind": "Kustomization", "namespace": "flux-system", "name": "checkout-api"},
    })
}

/// The API server of the cluster, with the object of the case.
async fn server() -> Provider {
    let case = case();
    let tls = Tls {
        // The handshake goes by the machine's own clock.
        not_after: DateTime::from_timestamp(4_102_444_800, 0).unwrap(),
        trusted: true,
    };
    let rules = Rules {
        tls: Some(tls),
        ..Rules::default()
    };
    let script = Script::of(&case.exchanges, case.unmatched.as_ref(), &rules);
    script.at(case.now).start().await.unwrap()
}

fn built(hub: &Hub, source: &Value) -> Result<Box<dyn Connector>, String> {
    connector::built::<Flux>(source, hub)
}

fn request(now: DateTime<Utc>) -> CollectRequest {
    CollectRequest {
        subject: case().subject.as_ref().map(Subject::from),
        ..connector::request(now)
    }
}

#[tokio::test]
async fn address_authorities_and_token_are_those_of_the_pod_and_a_changed_token_is_obeyed() {
    let provider = server().await;
    let authorities = provider.authority().unwrap();
    let home = tempfile::tempdir().unwrap();
    let mounted = Mounted::with(home.path(), "token-1", authorities).unwrap();
    let env = env(&POD, "localhost", &provider.address().port().to_string());
    let source = built(&hub(env, &[WORKSPACE], mounted.folder()), &source()).unwrap();
    for (version, token) in [("..2", "token-2"), ("..3", "token-3")] {
        let observed = source.collect(&request(case().now), &Kept::default()).await;
        let facts = observed.unwrap().facts;
        assert!(
            facts.iter().any(|it| it.status() == Status::Passed),
            "{facts:?}"
        );
        mounted.rotate(version, token, authorities).unwrap();
    }
    let seen = provider.requests();
    let of_object = seen.iter().filter(|it| it.path == OBJECT);
    let shown = of_object.map(|it| it.header("authorization").unwrap());
    assert!(shown.eq(["Bearer token-1", "Bearer token-2"]), "{seen:?}");
}

#[tokio::test]
async fn a_server_that_its_authorities_do_not_vouch_for_is_shown_no_token() {
    let provider = server().await;
    let home = tempfile::tempdir().unwrap();
    let mounted = Mounted::with(home.path(), "token-1", &stranger().unwrap()).unwrap();
    let env = env(&POD, "localhost", &provider.address().port().to_string());
    let source = built(&hub(env, &[WORKSPACE], mounted.folder()), &source()).unwrap();
    let failed = source.collect(&request(case().now), &Kept::default()).await;
    assert_eq!(failed.unwrap_err().code, FailureCode::Unreachable);
    assert!(provider.requests().is_empty());
}

#[test]
fn it_is_refused_where_the_operator_has_not_opened_it_or_it_is_not_all_there() {
    let home = tempfile::tempdir().unwrap();
    let mounted = Mounted::with(home.path(), "token-1", &stranger().unwrap()).unwrap();
    let folder = mounted.folder();
    let pod = || env(&POD, "10.96.0.1", "443");
    let with = |key: &str, value: Value| {
        let mut source = source();
        source[key] = value;
        source
    };
    let empty = tempfile::tempdir().unwrap();
    let endpoint = with("endpoint", json!("https://k8s.example.com"));
    let credential = with("credential", json!({"env": "TOKEN"}));
    assert!(built(&hub(pod(), &[WORKSPACE], folder), &source()).is_ok());
    for (what, hub, source) in [
        ("not opened", hub(pod(), &[], folder), source()),
        ("opened to others", hub(pod(), &["other"], folder), source()),
        (
            "no pod",
            hub(Env::default(), &[WORKSPACE], folder),
            source(),
        ),
        (
            "nothing mounted",
            hub(pod(), &[WORKSPACE], empty.path()),
            source(),
        ),
        ("an endpoint", hub(pod(), &[WORKSPACE], folder), endpoint),
        ("a credential", hub(pod(), &[WORKSPACE], folder), credential),
    ] {
        let problems = built(&hub, &source).err().unwrap_or_default();
        assert!(problems.contains("\"in_cluster\""), "{what}: {problems}");
    }
}
