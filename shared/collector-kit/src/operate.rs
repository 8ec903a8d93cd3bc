//! What those ask who run a collector.

use std::{sync::Arc, time::Duration};

use axum::{Json, Router, http::StatusCode, routing::get};
use passport_connector_sdk::CollectorServer;
use passport_service_kit::{process::InUse, server::Health};
use serde_json::{Value, json};
use tokio::time::timeout;

/// How long the database has to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// What is told of.
pub(crate) struct Operated {
    pub health: Health,
    pub server: CollectorServer,
    pub configuration: InUse,
}

/// `/healthz`, `/readyz` and `/metrics`, as every service of the mesh has them.
pub(crate) fn routes(
    operated: Operated,
    render: impl Fn() -> String + Clone + Send + Sync + 'static,
) -> Router {
    let operated = Arc::new(operated);
    Router::new()
        .route("/healthz", get(async || Json(json!({ "status": "ok" }))))
        .route("/readyz", get(move || ready(Arc::clone(&operated))))
        .route("/metrics", get(move || metrics(render)))
}

/// Ready while it takes calls and can keep what is delivered.
async fn ready(operated: Arc<Operated>) -> (StatusCode, Json<Value>) {
    let keeps = timeout(PATIENCE, operated.server.check()).await;
    let keeps = matches!(keeps, Ok(Ok(())));
    let (code, status) = match operated.health.is_serving() && keeps {
        true => (StatusCode::OK, "ready"),
        false => (StatusCode::SERVICE_UNAVAILABLE, "not_ready"),
    };
    let told = json!({
        "status": status,
        "keepsDeliveries": keeps,
        "configuration": *operated.configuration.now(),
    });
    (code, Json(told))
}

async fn metrics(render: impl Fn() -> String) -> ([(&'static str, &'static str); 1], String) {
    let media = ("content-type", "text/plain; version=0.0.4; charset=utf-8");
    ([media], render())
}
