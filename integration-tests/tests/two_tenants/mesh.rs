//! The mesh of both tenants, with a provider for each.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result, ensure};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::{Json, Router, routing};
use chrono::{DateTime, TimeDelta, Utc};
use passport_evidence::{Clock as _, SourceId};
use passport_integration_tests::configuration::File;
use passport_integration_tests::http;
use passport_integration_tests::program::Program;
use passport_proto::gateway::gateway_service_client::GatewayServiceClient;
use passport_service_kit::clock::SystemClock;
use passport_store::{Deliveries, Limits, Location};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use tonic::transport::Channel;

use crate::tenant::Which;

/// What is scanned, by both.
pub const ARTIFACT: &str = "images.example.com/shop/checkout-api";

/// What both show to their providers.
const CREDENTIAL: &str = "token-that-both-providers-know";

/// A running `passport up`, asked by both over one connection.
pub struct Mesh {
    pub grpc: GatewayServiceClient<Channel>,
    pub http: reqwest::Client,
    pub url: String,
    /// The first report was made a second after this.
    pub first_report: DateTime<Utc>,
    program: Mutex<Program>,
    store: TempDir,
    acme_fails: Arc<AtomicBool>,
    _file: File,
}

fn source(endpoint: &str) -> Value {
    json!({
        "prom": {
            "connector": "prometheus",
            "endpoint": endpoint,
            "credential": { "env": "PROVIDER_TOKEN" },
            "scope": { "labels": { "app": "checkout-api" } },
            "max_age": "20s",
            "queries": { "error_rate": {
                "promql": "sum(rate(http_errors_total{${scope}}[5m]))",
                "unit": "ratio",
                "threshold": "< 1%",
            } },
        },
        "scan": {
            "connector": "trivy",
            "scope": { "artifact": ARTIFACT },
            "max_age": "24h",
        },
    })
}

fn token(which: Which) -> Value {
    json!({
        "id": format!("{which:?}").to_lowercase(),
        "sha256": hex::encode(Sha256::digest(which.token())),
        "grants": [{
            "workspace": which.workspace(),
            "services": ["*"], "environments": ["*"],
            "verbs": ["collect", "read", "check", "ingest", "evaluate"],
        }],
    })
}

// === impl Mesh ===

impl Mesh {
    /// Starts it.
    ///
    /// # Errors
    /// It does not start.
    pub async fn up() -> Result<Self> {
        let acme_fails = Arc::new(AtomicBool::new(false));
        let store = TempDir::new()?;
        let mut workspaces = Map::new();
        for which in Which::BOTH {
            let fails = match which {
                Which::Acme => Arc::clone(&acme_fails),
                Which::Globex => Arc::default(),
            };
            let sources = source(&provider(which.rate().0, fails).await?);
            let environments = json!({ "production": { "sources": sources } });
            let services = json!({ "checkout-api": { "environments": environments } });
            let workspace = json!({ "services": services });
            workspaces.insert(which.workspace().to_owned(), workspace);
        }
        let file = File::of(&json!({
            "gateway": { "tokens": Which::BOTH.map(token) },
            "store": { "folder": store.path() },
            "workspaces": workspaces,
        }))?;
        let arguments = ["up", "--listen", "127.0.0.1:0", "--config", file.name()];
        let environment = [("PROVIDER_TOKEN", CREDENTIAL), ("PASSPORT_LOG", "debug")];
        let program = Program::start_in(file.folder(), "passport", arguments, &environment).await?;
        let url = program.url().to_owned();
        let channel = Channel::from_shared(url.clone())?.connect().await?;
        Ok(Self {
            grpc: GatewayServiceClient::new(channel),
            http: http::client()?,
            url,
            first_report: SystemClock.now() - TimeDelta::hours(20),
            program: Mutex::new(program),
            store,
            acme_fails,
            _file: file,
        })
    }

    /// Acme's provider fails from now on, or no more.
    pub fn acme_fails(&self, fails: bool) {
        self.acme_fails.store(fails, Ordering::Relaxed);
    }

    /// The text of `/metrics`.
    ///
    /// # Errors
    /// There is none.
    pub async fn metrics(&self) -> Result<String> {
        let answer = self
            .http
            .get(format!("{}/metrics", self.url))
            .send()
            .await?;
        Ok(answer.error_for_status()?.text().await?)
    }

    /// Numbers of the reports in a tenant's rows, in order.
    ///
    /// # Errors
    /// They can't be read.
    pub async fn kept(&self, which: Which) -> Result<Vec<u64>> {
        let at = Location::in_folder(self.store.path(), "quality");
        let deliveries = Deliveries::open(&at, Limits::default()).await?;
        let source = SourceId {
            scope: serde_json::from_value(json!({
                "workspaceId": which.workspace(),
                "service": "checkout-api",
                "environment": "production",
            }))?,
            name: "scan".parse()?,
        };
        let held = deliveries.held(&source, SystemClock.now()).await?;
        let numbers = held.records.iter().map(|record| number(&record.body));
        let mut numbers: Vec<_> = numbers.collect::<Result<_>>()?;
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// Ends it; its log is whole then.
    ///
    /// # Errors
    /// It does not end well.
    pub async fn end(&mut self) -> Result<()> {
        let status = self.program.get_mut().terminate().await?;
        ensure!(status.success(), "{status}");
        Ok(())
    }

    /// All that it logged.
    pub fn said(&mut self) -> String {
        self.program.get_mut().output()
    }
}

/// The number of a report, by the digest in what is kept of it.
fn number(record: &[u8]) -> Result<u64> {
    let record = str::from_utf8(record)?;
    let (_, digest) = record.split_once("sha256:").context("no digest is kept")?;
    let digest = digest.get(..64).context("a short digest")?;
    Ok(u64::from_str_radix(digest, 16)?)
}

#[derive(Deserialize)]
struct Asked {
    query: String,
}

/// A server that answers queries as Prometheus does, always with this number. Gives its address.
async fn provider(number: &'static str, fails: Arc<AtomicBool>) -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let routes = Router::new()
        .route("/api/v1/query", routing::any(answer))
        .with_state((number, fails));
    tokio::spawn(async { axum::serve(listener, routes).await });
    Ok(format!("http://{address}"))
}

async fn answer(
    State((number, fails)): State<(&'static str, Arc<AtomicBool>)>,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Result<Json<Value>, StatusCode> {
    let shown = headers.get("authorization").and_then(|it| it.to_str().ok());
    if shown != Some(&format!("Bearer {CREDENTIAL}")) {
        return Err(StatusCode::UNAUTHORIZED);
    }
    if fails.load(Ordering::Relaxed) {
        return Err(StatusCode::INTERNAL_SERVER_ERROR);
    }
    let now = SystemClock.now().timestamp();
    let number = match asked.query.contains("timestamp(") {
        true => now.to_string(),
        false => number.to_owned(),
    };
    Ok(Json(json!({ "status": "success", "data": {
        "resultType": "vector", "result": [{ "metric": {}, "value": [now, number] }],
    } })))
}
