//! Waivers.

use axum::{
    Json,
    extract::{Path, State},
};
use http::StatusCode;
use passport_evidence::{Scope, Subject, json::Time, wire};
use passport_policy::gate::Waiver;
use passport_proto::gateway as api;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    super::{
        Shared,
        body::JsonBody,
        problem::Problem,
        query::{ListQuery, OneQuery},
    },
    RevokeBody,
};
use crate::{access::Caller, persons::record_id};

/// What is to be waived.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::http) struct WaiveBody {
    /// What it is about.
    scope: Scope,
    /// The release that it is for: a waiver never covers another.
    #[serde(default)]
    subject: Option<Subject>,
    /// Source whose fact is waived.
    #[serde(default)]
    source: String,
    /// Name of the fact. The policy has to let it be waived.
    #[serde(default)]
    fact: String,
    /// Item of the fact. Without it: the fact without an item.
    #[serde(default)]
    item: String,
    /// Why, in the person's own words, at most 1000 bytes.
    #[serde(default)]
    reason: String,
    /// When it ends; at most as far ahead as the policy allows.
    #[serde(default)]
    expires_at: Option<Time>,
}

/// A page of waivers.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::http) struct Waivers {
    /// Newest first.
    waivers: Vec<Waiver>,
    /// For the next page. Without it, this was the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page_token: Option<String>,
}

/// `POST /v1/waivers`.
pub(in crate::http) async fn create(
    State(shared): State<Shared>,
    caller: Caller,
    JsonBody(body): JsonBody<WaiveBody>,
) -> Result<(StatusCode, Json<Waiver>), Problem> {
    let waiver = shared.gateway.create_waiver(&caller, body.into()).await?;
    Ok((StatusCode::CREATED, Json(waiver)))
}

/// `GET /v1/waivers`.
pub(in crate::http) async fn list(
    State(shared): State<Shared>,
    caller: Caller,
    query: ListQuery,
) -> Result<Json<Waivers>, Problem> {
    let question = query.question()?;
    let listed = shared
        .gateway
        .list_waivers(&caller, question, query.include_ended);
    let listed = listed.await?;
    Ok(Json(Waivers {
        waivers: listed.items,
        next_page_token: listed.next_page_token,
    }))
}

/// `POST /v1/waivers/{id}/confirm`.
pub(in crate::http) async fn confirm(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    query: OneQuery,
) -> Result<Json<Waiver>, Problem> {
    let of = record_id(&query.workspace_id, ("waiver_id", &id))?;
    Ok(Json(shared.gateway.confirm_waiver(&caller, of).await?))
}

/// `DELETE /v1/waivers/{id}`.
pub(in crate::http) async fn revoke(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    query: OneQuery,
    JsonBody(body): JsonBody<RevokeBody>,
) -> Result<Json<Waiver>, Problem> {
    let asked = api::RevokeWaiverRequest {
        workspace_id: query.workspace_id,
        waiver_id: id,
        reason: body.reason,
    };
    Ok(Json(shared.gateway.revoke_waiver(&caller, &asked).await?))
}

impl From<WaiveBody> for api::CreateWaiverRequest {
    fn from(body: WaiveBody) -> Self {
        Self {
            scope: Some((&body.scope).into()),
            subject: body.subject.as_ref().map(Into::into),
            source: body.source,
            fact: body.fact,
            item: body.item,
            reason: body.reason,
            expires_at: body.expires_at.map(|it| wire::timestamp(it.0)),
            confirms_waiver_id: String::new(),
        }
    }
}
