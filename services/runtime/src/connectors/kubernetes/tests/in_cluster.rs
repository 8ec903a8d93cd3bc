//! The service account of the collector's own pod.

use std::fs;

use chrono::{DateTime, Utc};
use passport_connector_sdk::{Connector, Hub};
use passport_evidence::{FailureCode, Status};
use passport_kubernetes_api::POD;
use passport_testkit::{
    case::{Rules, Tls},
    connector,
    env::Env,
    pod::{Mounted, WORKSPACE, env, hub},
    provider::{Provider, stranger},
};
use serde_json::{Value, json};

use super::check::{allowing, found, pods};
use crate::connectors::kubernetes::Kubernetes;

fn source() -> Value {
    json!({
        "connector": "kubernetes", "in_cluster": true,
        "scope": {"namespace": "shop", "kind": "Deployment", "name": "checkout-api"},
    })
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_777_800_600, 0).unwrap()
}

async fn server() -> Provider {
    let tls = Tls {
        // The handshake goes by the machine's own clock.
        not_after: DateTime::from_timestamp(4_102_444_800, 0).unwrap(),
        trusted: true,
    };
    let script = allowing(found(), &[pods()]);
    let rules = json!({"default": false, "allowed": [pods()]});
    let rules = Rules {
        access_reviews: serde_json::from_value(rules).unwrap(),
        tls: Some(tls),
        ..Rules::default()
    };
    script.rules(rules).at(now()).start().await.unwrap()
}

fn built(hub: &Hub, source: &Value) -> Result<Box<dyn Connector>, String> {
    connector::built::<Kubernetes>(source, hub)
}

#[tokio::test]
async fn address_authorities_and_token_are_those_of_the_pod_and_a_changed_token_is_obeyed() {
    let provider = server().await;
    let home = tempfile::tempdir().unwrap();
    let mounted = Mounted::with(home.path(), "token-1", provider.authority().unwrap()).unwrap();
    let env = env(&POD, "localhost", &provider.address().port().to_string());
    let connector = built(&hub(env, &[WORKSPACE], mounted.folder()), &source()).unwrap();
    for (version, token) in [("..2", "token-2"), ("..3", "token-3")] {
        let observed = connector.check(&connector::request(now())).await.unwrap();
        assert_eq!(observed.facts[0].status(), Status::Passed);
        let authorities = provider.authority().unwrap();
        mounted.rotate(version, token, authorities).unwrap();
    }
    let seen = provider.requests();
    let shown: Vec<_> = seen.iter().filter(|it| it.method == "GET").collect();
    let shown = shown.iter().map(|it| it.header("authorization").unwrap());
    assert!(shown.eq(["Bearer token-1", "Bearer token-2"]));
    let everywhere = |it: &passport_testkit::provider::Seen| {
        it.header("authorization")
            .is_some_and(|it| it.starts_with("Bearer token-"))
    };
    assert!(seen.iter().all(everywhere));
}

#[tokio::test]
async fn a_server_that_its_authorities_do_not_vouch_for_is_shown_no_token() {
    let provider = server().await;
    let home = tempfile::tempdir().unwrap();
    let mounted = Mounted::with(home.path(), "token-1", &stranger().unwrap()).unwrap();
    let env = env(&POD, "localhost", &provider.address().port().to_string());
    let connector = built(&hub(env, &[WORKSPACE], mounted.folder()), &source()).unwrap();
    let failed = connector.check(&connector::request(now())).await;
    assert_eq!(failed.unwrap_err().code, FailureCode::Unreachable);
    assert!(provider.requests().is_empty());
}

#[tokio::test]
async fn a_token_that_is_gone_or_leads_elsewhere_is_no_token() {
    let provider = server().await;
    let home = tempfile::tempdir().unwrap();
    let mounted = Mounted::with(home.path(), "token-1", provider.authority().unwrap()).unwrap();
    let env = env(&POD, "localhost", &provider.address().port().to_string());
    let connector = built(&hub(env, &[WORKSPACE], mounted.folder()), &source()).unwrap();
    let outside = tempfile::NamedTempFile::new().unwrap();
    fs::write(outside.path(), "another-secret").unwrap();
    let token = mounted.folder().join("token");
    fs::remove_file(&token).unwrap();
    let gone = connector.check(&connector::request(now())).await;
    assert_eq!(gone.unwrap_err().code, FailureCode::NotConfigured);
    std::os::unix::fs::symlink(outside.path(), &token).unwrap();
    let led_out = connector.check(&connector::request(now())).await;
    assert_eq!(led_out.unwrap_err().code, FailureCode::NotConfigured);
    assert!(provider.requests().is_empty());
}

#[test]
fn it_is_refused_where_the_operator_has_not_opened_it_or_it_is_not_all_there() {
    let ca = stranger().unwrap();
    let home = tempfile::tempdir().unwrap();
    let mounted = Mounted::with(home.path(), "token-1", &ca).unwrap();
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
    let tls = with("tls", json!({"server_name": "k8s.example.com"}));
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
        ("tls", hub(pod(), &[WORKSPACE], folder), tls),
        (
            "metadata",
            hub(env(&POD, "169.254.169.254", "443"), &[WORKSPACE], folder),
            source(),
        ),
        (
            "link-local",
            hub(env(&POD, "fe80::1", "443"), &[WORKSPACE], folder),
            source(),
        ),
        (
            "no port",
            hub(env(&POD, "10.96.0.1", "443/x@y"), &[WORKSPACE], folder),
            source(),
        ),
        (
            "no host",
            hub(env(&POD, "k8s.example/x?", "443"), &[WORKSPACE], folder),
            source(),
        ),
        (
            "a user",
            hub(env(&POD, "a@k8s.example", "443"), &[WORKSPACE], folder),
            source(),
        ),
    ] {
        let problems = built(&hub, &source).err().unwrap_or_default();
        assert!(problems.contains("\"in_cluster\""), "{what}: {problems}");
    }
}

#[test]
fn the_private_address_of_the_pod_s_own_api_needs_no_further_permission() {
    let home = tempfile::tempdir().unwrap();
    let mounted = Mounted::with(home.path(), "token-1", &stranger().unwrap()).unwrap();
    for host in ["10.96.0.1", "fd00:10:96::1"] {
        let hub = hub(env(&POD, host, "443"), &[WORKSPACE], mounted.folder());
        assert!(built(&hub, &source()).is_ok(), "{host}");
    }
    // It stands for nothing else: the same address as an endpoint is refused.
    let hub = hub(
        env(&POD, "10.96.0.1", "443"),
        &[WORKSPACE],
        mounted.folder(),
    );
    let mut named = source();
    named["in_cluster"] = json!(false);
    named["endpoint"] = json!("https://10.96.0.1");
    named["credential"] = json!({"env": "KUBERNETES_SERVICE_PORT"});
    assert!(built(&hub, &named).is_err());
}
