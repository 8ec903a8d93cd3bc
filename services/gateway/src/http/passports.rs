//! Passports that were recorded.

use axum::{
    Json,
    extract::{Path, Query, State},
    response::{IntoResponse as _, Response},
};
use http::header::CONTENT_TYPE;
use passport_policy::passport::Passport;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Shared, problem::Problem};
use crate::{
    access::Caller,
    call_error::{CallError, Violation},
    gate::{ListQuestion, Listed, passport_id},
};

/// Media type of a DSSE envelope.
pub(super) const ENVELOPE: &str = "application/vnd.dsse.envelope.v1+json";

/// The query keys of the list.
pub(super) const LIST_KEYS: [(&str, bool, &str); 5] = [
    ("workspaceId", true, "The workspace."),
    (
        "service",
        false,
        "The service; without it, all that the caller may read.",
    ),
    (
        "environment",
        false,
        "The environment; without it, all that the caller may read.",
    ),
    ("pageSize", false, "1 to 200; without it, 50."),
    ("pageToken", false, "From the page before."),
];

/// The query key of one passport.
pub(super) const ONE_KEYS: [(&str, bool, &str); 1] = [("workspaceId", true, "The workspace.")];

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ListQuery {
    #[serde(default)]
    workspace_id: String,
    #[serde(default)]
    service: String,
    #[serde(default)]
    environment: String,
    #[serde(default)]
    page_size: i64,
    #[serde(default)]
    page_token: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OneQuery {
    #[serde(default)]
    pub(super) workspace_id: String,
}

/// A page of passports.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Passports {
    /// Newest first.
    pub passports: Vec<Passport>,
    /// For the next page. Without it, this was the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_page_token: Option<String>,
}

impl From<Listed> for Passports {
    fn from(listed: Listed) -> Self {
        Self {
            passports: listed.passports,
            next_page_token: listed.next_page_token,
        }
    }
}

/// `GET /v1/passports`.
pub(super) async fn list(
    State(shared): State<Shared>,
    caller: Caller,
    query: Result<Query<ListQuery>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<Passports>, Problem> {
    let Query(query) = query.map_err(|_| Problem::field("query", "each key stands once"))?;
    let names = [&query.workspace_id, &query.service, &query.environment];
    let names = names.map(String::as_str);
    let question = ListQuestion::read(names, query.page_size, &query.page_token);
    let question = question.map_err(in_query)?;
    let listed = shared.gateway.list_passports(&caller, question).await?;
    Ok(Json(listed.into()))
}

/// `GET /v1/passports/{id}`.
pub(super) async fn get(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    query: Result<Query<OneQuery>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<Passport>, Problem> {
    let of = of(&id, query)?;
    let recorded = shared.gateway.get_passport(&caller, of).await?;
    Ok(Json(recorded.passport))
}

/// `GET /v1/passports/{id}/attestation`.
pub(super) async fn attestation(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    query: Result<Query<OneQuery>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, Problem> {
    let of = of(&id, query)?;
    let envelope = shared.gateway.get_attestation(&caller, of).await?;
    Ok(([(CONTENT_TYPE, ENVELOPE)], envelope).into_response())
}

fn of(
    id: &str,
    query: Result<Query<OneQuery>, axum::extract::rejection::QueryRejection>,
) -> Result<(passport_evidence::WorkspaceId, uuid::Uuid), Problem> {
    let Query(query) = query.map_err(|_| Problem::field("query", "each key stands once"))?;
    Ok(passport_id(&query.workspace_id, id).map_err(in_query)?)
}

/// In a query there is no `scope` around its parts, and the id stands in the path.
pub(super) fn in_query(error: CallError) -> CallError {
    let bare = error.violations().iter().map(|violation| {
        let field = &violation.field;
        let bare = field.strip_prefix("scope.").unwrap_or(field);
        Violation::new(bare, &violation.detail)
    });
    CallError::Invalid(bare.collect())
}
