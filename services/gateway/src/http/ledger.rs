//! The ledger of a workspace, as a whole.

use axum::{
    body::Body,
    extract::State,
    response::{IntoResponse as _, Response},
};
use http::header::CONTENT_TYPE;
use passport_evidence::WorkspaceId;

use super::{
    Shared,
    problem::Problem,
    query::{OneQuery, in_query},
};
use crate::{access::Caller, gate::workspace};

/// Media type of JSON in lines.
pub(super) const LINES: &str = "application/x-ndjson";

/// `GET /v1/ledger/head`.
pub(super) async fn head(
    State(shared): State<Shared>,
    caller: Caller,
    query: OneQuery,
) -> Result<Response, Problem> {
    let head = shared.gateway.ledger_head(&caller, &whose(&query)?).await?;
    Ok(([(CONTENT_TYPE, "application/json")], head).into_response())
}

/// `GET /v1/ledger`. A body that breaks off is told by its missing end.
pub(super) async fn export(
    State(shared): State<Shared>,
    caller: Caller,
    query: OneQuery,
) -> Result<Response, Problem> {
    let text = shared
        .gateway
        .export_ledger(&caller, whose(&query)?)
        .await?;
    Ok(([(CONTENT_TYPE, LINES)], Body::from_stream(text)).into_response())
}

fn whose(query: &OneQuery) -> Result<WorkspaceId, Problem> {
    workspace(&query.workspace_id).map_err(in_query)
}
