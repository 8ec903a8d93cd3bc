//! Connectors and sources.

use axum::{
    Json,
    extract::{Path, State},
};

use passport_evidence::Subject;
use passport_proto::gateway as api;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Shared, body::JsonBody, problem::Problem, query::ScopeQuery};
use crate::{
    access::Caller,
    budget::Budget,
    gateway::NoticeQuestion,
    listing::{Connectors, ListedCheck, ListedNotice, Sources},
};

/// What a source is to tell people about.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NoticeBody {
    /// What is being released. At least one part of it is required.
    #[serde(default)]
    subject: Option<Subject>,
}

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

/// `POST /v1/sources/{id}/notice`.
pub(super) async fn notice(
    State(shared): State<Shared>,
    caller: Caller,
    budget: Budget,
    Path(id): Path<String>,
    query: ScopeQuery,
    JsonBody(body): JsonBody<NoticeBody>,
) -> Result<Json<ListedNotice>, Problem> {
    let (scope, source) = query.source(&id)?;
    let question = NoticeQuestion::try_from(api::SendNoticeRequest {
        scope: Some((&scope).into()),
        source: source.to_string(),
        subject: body.subject.as_ref().map(Into::into),
    })?;
    let noticed = shared.gateway.send_notice(&caller, question, budget);
    Ok(Json(noticed.await?.into()))
}
