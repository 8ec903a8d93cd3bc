//! What those ask who run the gateway. Needs no token and tells nothing of any workspace.

use std::{collections::BTreeMap, time::Duration};

use axum::{
    Json,
    extract::State,
    response::{Html, IntoResponse},
};
use http::{StatusCode, header::CONTENT_TYPE};
use schemars::JsonSchema;
use serde::Serialize;
use tokio::time::Instant;

use super::{Shared, status_page};
use crate::budget::Budget;

/// How long collectors have to show that they are there.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether the process lives.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Alive {
    /// Always `ok`.
    status: &'static str,
}

/// Whether the gateway takes calls and who stands behind it.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Readiness {
    /// `ready` or `not_ready`.
    status: &'static str,
    /// For each collector, whether it answers.
    collectors: BTreeMap<String, bool>,
}

/// `GET /healthz`.
pub(super) async fn alive() -> Json<Alive> {
    Json(Alive { status: "ok" })
}

/// `GET /readyz`. An absent collector costs its own outcomes only, so that the gateway is ready
/// unless it is stopping or all of them are absent.
pub(super) async fn ready(State(shared): State<Shared>) -> impl IntoResponse {
    let collectors = presence(&shared).await;
    let any = collectors.is_empty() || collectors.values().any(|answers| *answers);
    let (code, status) = match shared.health.is_serving() && any {
        true => (StatusCode::OK, "ready"),
        false => (StatusCode::SERVICE_UNAVAILABLE, "not_ready"),
    };
    (code, Json(Readiness { status, collectors }))
}

async fn presence(shared: &Shared) -> BTreeMap<String, bool> {
    let budget = Budget::until(Some(Instant::now() + PATIENCE));
    shared.gateway.presence(budget).await
}

/// `GET /metrics`.
pub(super) async fn metrics(State(shared): State<Shared>) -> impl IntoResponse {
    let media = [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (media, (shared.metrics)())
}

/// `GET /`.
pub(super) async fn page(State(shared): State<Shared>) -> Html<String> {
    Html(status_page::page(&presence(&shared).await))
}
