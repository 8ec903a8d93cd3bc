//! Connectors and sources.

use axum::{
    Json,
    extract::{Path, State},
};

use super::{Shared, problem::Problem, query::ScopeQuery};
use crate::{
    access::Caller,
    budget::Budget,
    listing::{Connectors, ListedCheck, Sources},
};

/// `GET /v1/connectors`.
pub(super) async fn connectors(
    State(shared): State<Shared>,
    caller: Caller,
    budget: Budget,
) -> Result<Json<Connectors>, Problem> {
    let list = shared.gateway.list_connectors(&caller, budget);
    Ok(Json(list.await?.into()))
}

/// `GET /v1/sources`.
pub(super) async fn list(
    State(shared): State<Shared>,
    caller: Caller,
    budget: Budget,
    query: ScopeQuery,
) -> Result<Json<Sources>, Problem> {
    let scope = query.scope()?;
    let list = shared.gateway.list_sources(&caller, &scope, budget).await?;
    Ok(Json(list.into()))
}

/// `POST /v1/sources/{id}/check`.
pub(super) async fn check(
    State(shared): State<Shared>,
    caller: Caller,
    budget: Budget,
    Path(id): Path<String>,
    query: ScopeQuery,
) -> Result<Json<ListedCheck>, Problem> {
    let (scope, source) = query.source(&id)?;
    let gateway = &shared.gateway;
    let check = gateway
        .check_source(&caller, &scope, &source, budget)
        .await?;
    Ok(Json(check.into()))
}
