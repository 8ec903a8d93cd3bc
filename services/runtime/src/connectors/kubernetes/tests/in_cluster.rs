//! The service account of the collector's own pod.

use std::{fs, path::Path, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use passport_connector_sdk::{
    Connector, Hub, HubOptions,
    provider::{AddressPolicy, OwnAccount},
};
use passport_evidence::{FailureCode, Status};
use passport_testkit::{
    case::{Rules, Tls},
    connector,
    env::Env,
    provider::{Provider, stranger},
};
use serde_json::{Value, json};

use super::check::{allowing, found, pods};
use crate::connectors::kubernetes::Kubernetes;

const WORKSPACE: &str = "workspace-acme-prod";

/// What the kubelet mounts: a folder with links, of which one is changed when the token is.
struct Mounted(tempfile::TempDir);

impl Mounted {
    fn with(token: &str, ca: &str) -> Self {
        let mounted = Self(tempfile::tempdir().unwrap());
        mounted.rotate("..1", token, ca);
        for file in ["token", "ca.crt"] {
            let link = mounted.0.path().join(file);
            std::os::unix::fs::symlink(format!("..data/{file}"), link).unwrap();
        }
        mounted
    }

    /// Puts others in the place of token and authorities, as the kubelet does.
    fn rotate(&self, version: &str, token: &str, ca: &str) {
        let folder = self.0.path().join(version);
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("token"), token).unwrap();
        fs::write(folder.join("ca.crt"), ca).unwrap();
        let link = self.0.path().join("..new");
        std::os::unix::fs::symlink(version, &link).unwrap();
        fs::rename(link, self.0.path().join("..data")).unwrap();
    }
}

fn env(host: &str, port: &str) -> Env {
    Env::from_iter([
        ("KUBERNETES_SERVICE_HOST", host),
        ("KUBERNETES_SERVICE_PORT", port),
    ])
}

fn hub(env: Env, workspaces: &[&str], folder: &Path) -> Hub {
    let options = HubOptions {
        addresses: AddressPolicy::with_loopback(),
        own_account: OwnAccount {
            workspaces: workspaces.iter().map(|it| it.parse().unwrap()).collect(),
            folder: Some(folder.to_owned()),
        },
        retry_wait: Duration::ZERO,
        ..HubOptions::default()
    };
    Hub::new(options, Arc::new(env))
}

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
    let mounted = Mounted::with("token-1", provider.authority().unwrap());
    let env = env("localhost", &provider.address().port().to_string());
    let connector = built(&hub(env, &[WORKSPACE], mounted.0.path()), &source()).unwrap();
    for (version, token) in [("..2", "token-2"), ("..3", "token-3")] {
        let observed = connector.check(&connector::request(now())).await.unwrap();
        assert_eq!(observed.facts[0].status(), Status::Passed);
        mounted.rotate(version, token, provider.authority().unwrap());
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
    let mounted = Mounted::with("token-1", &stranger().unwrap());
    let env = env("localhost", &provider.address().port().to_string());
    let connector = built(&hub(env, &[WORKSPACE], mounted.0.path()), &source()).unwrap();
    let failed = connector.check(&connector::request(now())).await;
    assert_eq!(failed.unwrap_err().code, FailureCode::Unreachable);
    assert!(provider.requests().is_empty());
}

#[tokio::test]
async fn a_token_that_is_gone_or_leads_elsewhere_is_no_token() {
    let provider = server().await;
    let mounted = Mounted::with("token-1", provider.authority().unwrap());
    let env = env("localhost", &provider.address().port().to_string());
    let connector = built(&hub(env, &[WORKSPACE], mounted.0.path()), &source()).unwrap();
    let outside = tempfile::NamedTempFile::new().unwrap();
    fs::write(outside.path(), "another-secret").unwrap();
    let token = mounted.0.path().join("token");
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
    let mounted = Mounted::with("token-1", &ca);
    let folder = mounted.0.path();
    let pod = || env("10.96.0.1", "443");
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
            hub(env("169.254.169.254", "443"), &[WORKSPACE], folder),
            source(),
        ),
        (
            "link-local",
            hub(env("fe80::1", "443"), &[WORKSPACE], folder),
            source(),
        ),
        (
            "no port",
            hub(env("10.96.0.1", "443/x@y"), &[WORKSPACE], folder),
            source(),
        ),
        (
            "no host",
            hub(env("k8s.example/x?", "443"), &[WORKSPACE], folder),
            source(),
        ),
        (
            "a user",
            hub(env("a@k8s.example", "443"), &[WORKSPACE], folder),
            source(),
        ),
    ] {
        let problems = built(&hub, &source).err().unwrap_or_default();
        assert!(problems.contains("\"in_cluster\""), "{what}: {problems}");
    }
}

#[test]
fn the_private_address_of_the_pod_s_own_api_needs_no_further_permission() {
    let mounted = Mounted::with("token-1", &stranger().unwrap());
    for host in ["10.96.0.1", "fd00:10:96::1"] {
        let hub = hub(env(host, "443"), &[WORKSPACE], mounted.0.path());
        assert!(built(&hub, &source()).is_ok(), "{host}");
    }
    // It stands for nothing else: the same address as an endpoint is refused.
    let hub = hub(env("10.96.0.1", "443"), &[WORKSPACE], mounted.0.path());
    let mut named = source();
    named["in_cluster"] = json!(false);
    named["endpoint"] = json!("https://10.96.0.1");
    named["credential"] = json!({"env": "KUBERNETES_SERVICE_PORT"});
    assert!(built(&hub, &named).is_err());
}
