//! What persons say of releases: waivers and approvals.

pub(super) mod approvals;
pub(super) mod waivers;

use axum::extract::{FromRequestParts, Query};
use http::request::Parts;
use schemars::JsonSchema;
use serde::Deserialize;

use super::problem::Problem;
use crate::{
    call_error::{CallError, Violation},
    gate::ListQuestion,
};

/// The query keys of the lists.
pub(super) const LIST_KEYS: [(&str, bool, &str); 6] = [
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
    (
        "includeEnded",
        false,
        "`true`: those that have expired or were revoked too.",
    ),
    ("pageSize", false, "1 to 200; without it, 50."),
    ("pageToken", false, "From the page before."),
];

/// Which of them to list.
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
    include_ended: bool,
    #[serde(default)]
    page_size: i64,
    #[serde(default)]
    page_token: String,
}

/// Where the one is whose id stands in the path.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OneQuery {
    #[serde(default)]
    pub workspace_id: String,
}

/// Why something ends before its time.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct RevokeBody {
    /// Why, in the person's own words, at most 1000 bytes.
    #[serde(default)]
    pub reason: String,
}

// === impl ListQuery ===

impl ListQuery {
    /// The question, and whether those that have ended are wanted too.
    fn question(&self) -> Result<(ListQuestion, bool), Problem> {
        let names = [&self.workspace_id, &self.service, &self.environment];
        let names = names.map(String::as_str);
        let question = ListQuestion::read(names, self.page_size, &self.page_token);
        Ok((question.map_err(in_query)?, self.include_ended))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ListQuery {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let wanted = "each key stands once; includeEnded is true or false, and pageSize a number";
        let query = Query::<Self>::from_request_parts(parts, state).await;
        query
            .map(|Query(query)| query)
            .map_err(|_| Problem::field("query", wanted))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for OneQuery {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = Query::<Self>::from_request_parts(parts, state).await;
        query
            .map(|Query(query)| query)
            .map_err(|_| Problem::field("query", "each key stands once"))
    }
}

/// In a query there is no `scope` around its parts.
fn in_query(error: CallError) -> CallError {
    let bare = error.violations().iter().map(|violation| {
        let field = &violation.field;
        let bare = field.strip_prefix("scope.").unwrap_or(field);
        Violation::new(bare, &violation.detail)
    });
    CallError::Invalid(bare.collect())
}
