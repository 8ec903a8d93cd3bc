//! Both deployments with the same sources, asked side by side.

use anyhow::Result;
use axum::extract::{Query, State};
use axum::{Json, Router, routing};
use chrono::{DateTime, Utc};
use passport_integration_tests::all_in_one::AllInOne;
use passport_integration_tests::configuration::{of_sources, prometheus, with};
use passport_integration_tests::port;
use passport_integration_tests::services::{Services, with_collectors};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// Its bearer may do everything in the scope of the tests.
pub const TOKEN: &str = "token-that-may-everything";
const SHA256_OF_TOKEN: &str = "1c4546c5eb8e962d8a64b1ba7089fefaa140843eea2c9572e26fe978fb78f3f9";

/// Its bearer may look at sources only.
pub const READER: &str = "token-that-may-read";
const SHA256_OF_READER: &str = "954b812af3b204f0a110863cf4004f20846188bb7cc48861f860cd54772fbe87";

/// What the source `pushed` asks its senders for.
pub const PUSHER: &str = "token-of-the-service-that-pushes";

/// One deployment, as its callers reach it.
pub struct Deployment {
    /// Where the gateway is asked.
    pub gateway: String,
    /// Where metrics are pushed to.
    pub metrics: String,
}

/// Both of them. Ended when dropped.
pub struct World {
    /// `passport up`.
    pub one: Deployment,
    /// A gateway and two collectors.
    pub apart: Deployment,
    _one: AllInOne,
    _apart: Services,
}

// === impl World ===

impl World {
    /// Starts both from the same configuration. What Prometheus says was true `at`.
    pub async fn start(at: DateTime<Utc>) -> Result<Self> {
        let configuration = with_collectors(&configuration(at).await?)?;
        let environment = [("OTLP_INGEST_TOKEN", PUSHER)];
        let one = AllInOne::up(&configuration, &environment).await?;
        let apart = Services::up(&configuration, &environment).await?;
        Ok(Self {
            one: Deployment {
                gateway: one.url().to_owned(),
                metrics: one.url().to_owned(),
            },
            apart: Deployment {
                gateway: apart.url().to_owned(),
                metrics: apart.metrics.url().to_owned(),
            },
            _one: one,
            _apart: apart,
        })
    }
}

async fn configuration(at: DateTime<Utc>) -> Result<Value> {
    let configuration = of_sources(json!({
        "prom": prometheus(&provider(at).await?, "5m"),
        "gone": prometheus(&format!("http://127.0.0.1:{}", port::free()?), "5m"),
        "pushed": {
            "connector": "otlp",
            "credential": { "env": "OTLP_INGEST_TOKEN" },
            "scope": { "service_name": "checkout-api", "deployment_environment": "production" },
            "max_age": "1h",
            "queries": { "request_volume": {
                "increase": "http.server.requests",
                "unit": "count", "window": "1h", "threshold": ">= 100",
            } },
        },
        "scan": {
            "connector": "trivy",
            "scope": { "artifact": "images.example.com/acme/checkout-api" },
            "declared": {
                "severities": ["unknown", "low", "medium", "high", "critical"],
                "ignore_unfixed": false, "ignore_file": false, "scanners": ["vuln"],
            },
        },
    }));
    let verbs = json!(["collect", "read", "check", "ingest", "evaluate"]);
    let token = |id: &str, sha256: &str, verbs: &Value| {
        json!({ "id": id, "sha256": sha256, "grants": [{
            "workspace": "workspace-acme-prod",
            "services": ["*"], "environments": ["*"], "verbs": verbs,
        }] })
    };
    let tokens = [
        token("pipeline", SHA256_OF_TOKEN, &verbs),
        token("reader", SHA256_OF_READER, &json!(["read"])),
    ];
    Ok(with(configuration, "gateway", json!({ "tokens": tokens })))
}

#[derive(Deserialize)]
struct Asked {
    query: String,
}

/// A server that answers queries as Prometheus does, always alike. Gives its address.
async fn provider(at: DateTime<Utc>) -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let routes = Router::new()
        .route("/api/v1/query", routing::any(answer))
        .with_state(at.timestamp());
    tokio::spawn(async { axum::serve(listener, routes).await });
    Ok(format!("http://{address}"))
}

async fn answer(State(at): State<i64>, Query(asked): Query<Asked>) -> Json<Value> {
    let number = match asked.query.as_str() {
        query if query.contains("timestamp(") => at.to_string(),
        query if query.contains("histogram_quantile(") => "0.142".to_owned(),
        _ => "0.0002".to_owned(),
    };
    Json(
        json!({ "status": "success", "data": { "resultType": "vector", "result": [
        { "metric": {}, "value": [at, number] },
    ] } }),
    )
}
