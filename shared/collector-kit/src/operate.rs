//! What those ask who run a collector.

use std::sync::Arc;

use axum::{Json, Router, routing::get};
use passport_service_kit::server::Health;
use serde_json::{Value, json};

/// `/healthz`, `/readyz` and `/metrics`, as every service of the mesh has them.
pub(crate) fn routes(
    health: Health,
    render: impl Fn() -> String + Clone + Send + Sync + 'static,
) -> Router {
    let health = Arc::new(health);
    Router::new()
        .route("/healthz", get(async || Json(json!({ "status": "ok" }))))
        .route("/readyz", get(move || ready(Arc::clone(&health))))
        .route("/metrics", get(move || metrics(render)))
}

async fn ready(health: Arc<Health>) -> (axum::http::StatusCode, Json<Value>) {
    let (code, status) = match health.is_serving() {
        true => (axum::http::StatusCode::OK, "ready"),
        false => (axum::http::StatusCode::SERVICE_UNAVAILABLE, "not_ready"),
    };
    (code, Json(json!({ "status": status })))
}

async fn metrics(render: impl Fn() -> String) -> ([(&'static str, &'static str); 1], String) {
    let media = ("content-type", "text/plain; version=0.0.4; charset=utf-8");
    ([media], render())
}
