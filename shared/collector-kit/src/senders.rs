//! The port of those who push: their protocol and health, and nothing of the collector's own.

use axum::{Json, Router, routing::get};
use passport_service_kit::server::{Beside, Health};
use serde_json::json;

/// Everything on the port. Each protocol authenticates its senders by itself.
pub(crate) async fn served(pushed: Beside) -> (Router, Health) {
    let (grpc, health) = pushed.grpc.with_health().await;
    let alive = get(async || Json(json!({ "status": "ok" })));
    let router = grpc.merge(pushed.http).route("/healthz", alive);
    (router, health)
}
