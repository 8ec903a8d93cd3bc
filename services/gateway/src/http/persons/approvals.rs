//! Approvals.

use axum::{
    Json,
    extract::{Path, State},
};
use http::StatusCode;
use passport_evidence::{Scope, Subject, json::Time, wire};
use passport_policy::gate::Approval;
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
use crate::access::Caller;

/// What is to be approved.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::http) struct ApproveBody {
    /// What it is about.
    scope: Scope,
    /// The release that is agreed to: an approval never covers another.
    #[serde(default)]
    subject: Option<Subject>,
    /// Why, in the person's own words, at most 1000 bytes.
    #[serde(default)]
    reason: String,
    /// When it ends; at most 30 days ahead.
    #[serde(default)]
    expires_at: Option<Time>,
}

/// A page of approvals.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::http) struct Approvals {
    /// Newest first.
    approvals: Vec<Approval>,
    /// For the next page. Without it, this was the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page_token: Option<String>,
}

/// `POST /v1/approvals`.
pub(in crate::http) async fn create(
    State(shared): State<Shared>,
    caller: Caller,
    JsonBody(body): JsonBody<ApproveBody>,
) -> Result<(StatusCode, Json<Approval>), Problem> {
    let approval = shared.gateway.approve_release(&caller, body.into()).await?;
    Ok((StatusCode::CREATED, Json(approval)))
}

/// `GET /v1/approvals`.
pub(in crate::http) async fn list(
    State(shared): State<Shared>,
    caller: Caller,
    query: ListQuery,
) -> Result<Json<Approvals>, Problem> {
    let question = query.question()?;
    let listed = shared
        .gateway
        .list_approvals(&caller, question, query.include_ended);
    let listed = listed.await?;
    Ok(Json(Approvals {
        approvals: listed.items,
        next_page_token: listed.next_page_token,
    }))
}

/// `DELETE /v1/approvals/{id}`.
pub(in crate::http) async fn revoke(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    query: OneQuery,
    JsonBody(body): JsonBody<RevokeBody>,
) -> Result<Json<Approval>, Problem> {
    let asked = api::RevokeApprovalRequest {
        workspace_id: query.workspace_id,
        approval_id: id,
        reason: body.reason,
    };
    Ok(Json(shared.gateway.revoke_approval(&caller, &asked).await?))
}

impl From<ApproveBody> for api::ApproveReleaseRequest {
    fn from(body: ApproveBody) -> Self {
        Self {
            scope: Some((&body.scope).into()),
            subject: body.subject.as_ref().map(Into::into),
            reason: body.reason,
            expires_at: body.expires_at.map(|it| wire::timestamp(it.0)),
        }
    }
}
