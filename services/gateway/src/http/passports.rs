//! Passports that were recorded.

use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse as _, Response},
};
use http::header::CONTENT_TYPE;
use passport_evidence::WorkspaceId;
use passport_policy::passport::Passport;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::{
    Shared,
    problem::Problem,
    query::{ListQuery, OneQuery},
};
use crate::{access::Caller, gate::Listed, persons::record_id};

/// Media type of a DSSE envelope.
pub(super) const ENVELOPE: &str = "application/vnd.dsse.envelope.v1+json";

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
    query: ListQuery,
) -> Result<Json<Passports>, Problem> {
    let listed = shared.gateway.list_passports(&caller, query.question()?);
    Ok(Json(listed.await?.into()))
}

/// `GET /v1/passports/{id}`.
pub(super) async fn get(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    query: OneQuery,
) -> Result<Json<Passport>, Problem> {
    let of = of(&id, &query)?;
    let recorded = shared.gateway.get_passport(&caller, of).await?;
    Ok(Json(recorded.passport))
}

/// `GET /v1/passports/{id}/attestation`.
pub(super) async fn attestation(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    query: OneQuery,
) -> Result<Response, Problem> {
    let of = of(&id, &query)?;
    let envelope = shared.gateway.get_attestation(&caller, of).await?;
    Ok(([(CONTENT_TYPE, ENVELOPE)], envelope).into_response())
}

fn of(id: &str, query: &OneQuery) -> Result<(WorkspaceId, Uuid), Problem> {
    Ok(record_id(&query.workspace_id, ("passport_id", id))?)
}
