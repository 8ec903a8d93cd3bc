//! A namespace with many pods, read in pages: how often its server is asked, and what it costs in memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::{Json, Router};
use passport_evidence::Clock as _;
use passport_proto::evidence::{FactStatus, Subject};
use passport_proto::gateway::CollectEvidenceRequest;
use passport_service_kit::clock::SystemClock;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::Arguments;
use crate::ask::clients;
use crate::configuration;
use crate::process::Process;
use crate::report::{Aim, table};

const PODS: usize = 2_000;
const PAGE: usize = 100;
/// Collections of one line, each about another release.
const COLLECTIONS: u64 = 5;
/// The workload before and after, its ReplicaSets, and three questions about the token.
const BESIDE: u64 = 6;
const PAGES: u64 = (PODS / PAGE) as u64;
/// Pages of a walk that fell apart at its second.
const LOST: u64 = 2;
const MIB: f64 = 64.0;
const OBJECT: &str = "/apis/apps/v1/namespaces/shop/deployments/checkout-api";

/// An API server with one large workload.
struct Server {
    asked: AtomicU64,
    /// Whether the rest of the next list is gone.
    expires: AtomicBool,
    pods: Vec<Value>,
}

/// One line for a list that is read at once, and one for a list that falls apart each time.
///
/// # Errors
/// It took more memory than it may, or an answer was not as it should be.
pub async fn measured(arguments: &Arguments) -> Result<String> {
    let head = [
        "2,000 pods in pages of 100",
        "requests",
        "median ms",
        "idle MiB",
        "peak above MiB",
        "aim",
    ];
    let mut lines = table(&head);
    let mut missed = Vec::new();
    for (name, expires, wanted) in [
        ("one walk", false, BESIDE + PAGES),
        ("its second page expired (410)", true, BESIDE + PAGES + LOST),
    ] {
        let server = Arc::new(Server::new());
        let endpoint = Arc::clone(&server).listen().await?;
        let folder = TempDir::new()?;
        std::fs::write(folder.path().join("token"), "token-of-this-measurement")?;
        let configuration = configured(&endpoint, folder.path());
        let process = Process::start(&arguments.programs, "passport", &configuration).await?;
        let idle = process.resident_mib()?;
        let mut took = Vec::new();
        for nth in 0..COLLECTIONS {
            server.expires.store(expires, Ordering::Relaxed);
            let before = server.asked.load(Ordering::Relaxed);
            let began = Instant::now();
            collected(&process, nth).await?;
            took.push(began.elapsed().as_secs_f64() * 1_000.0);
            let asked = server.asked.load(Ordering::Relaxed) - before;
            ensure!(asked == wanted, "{asked} requests, not {wanted}");
        }
        let above = process.peak_mib()? - idle;
        if above > MIB {
            missed.push(name);
        }
        lines.add_row([
            name.to_owned(),
            wanted.to_string(),
            format!("{:.0}", crate::load::median(took.into_iter())?),
            format!("{idle:.1}"),
            format!("{above:.1}"),
            Aim::AtMost(MIB).judged(above),
        ]);
    }
    ensure!(
        missed.is_empty(),
        "{lines}\nmore than {MIB} MiB above idle: {}",
        missed.join(", ")
    );
    Ok(lines.to_string())
}

fn configured(endpoint: &str, secrets: &std::path::Path) -> Value {
    let source = json!({
        "connector": "kubernetes", "endpoint": endpoint, "credential": {"file": "token"},
        "scope": {"namespace": "shop", "kind": "Deployment", "name": "checkout-api"},
        "page_size": PAGE,
    });
    let sources = json!({ "workload": source });
    configuration::with(
        configuration::of_sources(1, &sources),
        "secrets",
        json!({ "folder": secrets }),
    )
}

/// Asks once, and looks at the answer.
async fn collected(process: &Process, nth: u64) -> Result<()> {
    let mut clients = clients(&process.url, 1).await?;
    let client = clients.first_mut().context("no client")?;
    let question = CollectEvidenceRequest {
        scope: Some(configuration::scope(0)),
        subject: Some(Subject {
            version: format!("1.0.{nth}"),
            ..Subject::default()
        }),
        ..CollectEvidenceRequest::default()
    };
    let answer = client.collect_evidence(question).await?.into_inner();
    ensure!(answer.failures.is_empty(), "{:?}", answer.failures);
    let [evidence] = answer.evidence.as_slice() else {
        anyhow::bail!("evidence of {} sources", answer.evidence.len());
    };
    for name in [
        "credential_scope",
        "rollout_condition",
        "available_replicas",
        "container_health",
        "recent_restarts",
    ] {
        let fact = evidence.facts.iter().find(|it| it.name == name);
        let has_passed = fact.is_some_and(|it| it.status() == FactStatus::Passed);
        ensure!(has_passed, "{name}: {fact:?}");
    }
    Ok(())
}

// === impl Server ===

impl Server {
    fn new() -> Self {
        Self {
            asked: AtomicU64::new(0),
            expires: AtomicBool::new(false),
            pods: (0..PODS).map(pod).collect(),
        }
    }

    async fn listen(self: Arc<Self>) -> Result<String> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let app = Router::new().fallback(answer).with_state(self);
        tokio::spawn(async { axum::serve(listener, app).await });
        Ok(url)
    }

    /// A page, or that the rest of the list is gone.
    fn page(&self, start: usize) -> Response {
        if start > 0 && self.expires.swap(false, Ordering::Relaxed) {
            let gone = json!({
                "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
                "reason": "Expired", "code": 410,
            });
            return (StatusCode::GONE, Json(gone)).into_response();
        }
        let end = (start + PAGE).min(PODS);
        let metadata = match end < PODS {
            true => json!({
                "resourceVersion": "481934",
                "continue": end.to_string(), "remainingItemCount": PODS - end,
            }),
            false => json!({"resourceVersion": "481934"}),
        };
        let items = self.pods.get(start..end).unwrap_or_default();
        let list = json!({
            "kind": "PodList", "apiVersion": "v1", "metadata": metadata, "items": items,
        });
        Json(list).into_response()
    }
}

async fn answer(
    State(server): State<Arc<Server>>,
    method: Method,
    uri: Uri,
    body: Bytes,
) -> Response {
    server.asked.fetch_add(1, Ordering::Relaxed);
    let path = uri.path();
    if method == Method::POST {
        return reviewed(path, &body);
    }
    if path == OBJECT {
        return Json(workload()).into_response();
    }
    if path.ends_with("/replicasets") {
        return Json(replica_sets()).into_response();
    }
    let keys = uri.query().unwrap_or_default().split('&');
    let mut rests = keys.filter_map(|it| it.strip_prefix("continue="));
    let start = rests.next().and_then(|it| it.parse().ok());
    server.page(start.unwrap_or_default())
}

/// The token may do exactly what the source needs.
fn reviewed(path: &str, body: &[u8]) -> Response {
    let rule = |verb: &str, group: &str, resource: &str| json!({"verbs": [verb], "apiGroups": [group], "resources": [resource]});
    let rules = [
        rule("list", "apps", "replicasets"),
        rule("list", "", "pods"),
    ];
    let status = match path.ends_with("/selfsubjectrulesreviews") {
        true => json!({"resourceRules": rules, "nonResourceRules": [], "incomplete": false}),
        false => {
            let asked: Value = serde_json::from_slice(body).unwrap_or_default();
            let namespace = asked.pointer("/spec/resourceAttributes/namespace");
            json!({"allowed": namespace.is_some()})
        }
    };
    (StatusCode::CREATED, Json(json!({ "status": status }))).into_response()
}

fn workload() -> Value {
    json!({
        "kind": "Deployment", "apiVersion": "apps/v1",
        "metadata": {
            "name": "checkout-api", "namespace": "shop", "uid": "uid-d", "generation": 7,
            "annotations": {"deployment.kubernetes.io/revision": "12"},
        },
        "spec": {
            "replicas": PODS, "progressDeadlineSeconds": 600,
            "selector": {"matchLabels": {"app": "checkout-api"}},
            "template": {"spec": {"containers": [{"name": "api"}]}},
        },
        "status": {
            "observedGeneration": 7, "replicas": PODS, "updatedReplicas": PODS,
            "availableReplicas": PODS,
            "conditions": [{"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable"}],
        },
    })
}

fn replica_sets() -> Value {
    let set = json!({"metadata": {
        "name": "checkout-api-7c9f6d5b44", "namespace": "shop", "uid": "uid-r",
        "annotations": {"deployment.kubernetes.io/revision": "12"},
        "ownerReferences": [{"uid": "uid-d", "kind": "Deployment", "name": "checkout-api", "controller": true}],
    }});
    json!({
        "kind": "ReplicaSetList", "apiVersion": "apps/v1",
        "metadata": {"resourceVersion": "481933"}, "items": [set],
    })
}

/// As large as pods are, most of which nobody reads: some 3 kB.
fn pod(nth: usize) -> Value {
    let now = SystemClock.now().to_rfc3339();
    let variable = |it: usize| json!({"name": format!("SETTING_{it:02}"), "value": "a-value-that-is-not-read".repeat(2)});
    let environment: Vec<_> = (0..30).map(variable).collect();
    json!({
        "metadata": {
            "name": format!("checkout-api-7c9f6d5b44-{nth:05}"), "namespace": "shop",
            "uid": format!("5f0e1f8a-3a51-4f0b-9c38-{nth:012}"),
            "labels": {"app": "checkout-api", "pod-template-hash": "7c9f6d5b44"},
            "ownerReferences": [{
                "uid": "uid-r", "kind": "ReplicaSet", "name": "checkout-api-7c9f6d5b44", "controller": true,
            }],
            "managedFields": [{"manager": "kubelet", "fieldsV1": {"f:status": {"f:phase": {}, "f:startTime": {}}}}],
        },
        "spec": {"containers": [{"name": "api", "image": "images.example/api:1", "env": environment}]},
        "status": {
            "phase": "Running", "startTime": now,
            "conditions": [{"type": "Ready", "status": "True"}],
            "containerStatuses": [{
                "name": "api", "ready": true, "restartCount": 0, "image": "images.example/api:1",
                "imageID": format!("images.example/api@sha256:{}", "4".repeat(64)),
                "state": {"running": {"startedAt": now}},
            }],
        },
    })
}
