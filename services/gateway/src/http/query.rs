//! The query of routes that name one source, list what a scope has, or give one thing of a workspace.

use axum::extract::{FromRequestParts, Query};
use http::request::Parts;
use passport_evidence::{Scope, SourceName};
use passport_proto::evidence as proto;
use serde::Deserialize;

use super::problem::Problem;
use crate::{
    call_error::{CallError, Violation},
    gate::ListQuestion,
    question,
};

/// The query keys that every such route takes.
pub(super) const KEYS: [(&str, bool, &str); 3] = [
    ("workspaceId", true, "The workspace."),
    ("service", true, "The service."),
    ("environment", true, "The environment."),
];

/// The query keys of a list.
pub(super) const LIST_KEYS: [(&str, bool, &str); 5] = [
    KEYS[0],
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

/// The query keys of a list of what may have ended.
pub(super) const ENDING_KEYS: [(&str, bool, &str); 6] = [
    LIST_KEYS[0],
    LIST_KEYS[1],
    LIST_KEYS[2],
    LIST_KEYS[3],
    LIST_KEYS[4],
    (
        "includeEnded",
        false,
        "`true`: those that have expired or were revoked too.",
    ),
];

/// The query key of what is named by an id, or is the workspace's as a whole.
pub(super) const ONE_KEYS: [(&str, bool, &str); 1] = [KEYS[0]];

/// Which of a list to give.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ListQuery {
    #[serde(default)]
    workspace_id: String,
    #[serde(default)]
    service: String,
    #[serde(default)]
    environment: String,
    /// Only of what may have ended.
    #[serde(default)]
    pub include_ended: bool,
    #[serde(default)]
    page_size: i64,
    #[serde(default)]
    page_token: String,
}

/// Whose it is that the path names.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OneQuery {
    #[serde(default)]
    pub workspace_id: String,
}

/// A scope as the query has it. Other keys are left alone: senders of webhooks add their own.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ScopeQuery {
    #[serde(default)]
    workspace_id: String,
    #[serde(default)]
    service: String,
    #[serde(default)]
    environment: String,
}

/// Reads them off a request, and says what is wanted where they can't be read.
macro_rules! extracted {
    ($($query:ident: $wanted:literal;)*) => {
        $(impl<S: Send + Sync> FromRequestParts<S> for $query {
            type Rejection = Problem;

            async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
                let query = Query::<Self>::from_request_parts(parts, state).await;
                query
                    .map(|Query(query)| query)
                    .map_err(|_| Problem::field("query", $wanted))
            }
        })*
    };
}

extracted! {
    ScopeQuery: "each of workspaceId, service and environment stands once";
    ListQuery: "each key stands once; includeEnded is true or false, and pageSize a number";
    OneQuery: "each key stands once";
}

impl ListQuery {
    /// What is asked.
    pub fn question(&self) -> Result<ListQuestion, Problem> {
        let names = [&self.workspace_id, &self.service, &self.environment];
        let names = names.map(String::as_str);
        ListQuestion::read(names, self.page_size, &self.page_token).map_err(in_query)
    }
}

impl ScopeQuery {
    /// The scope.
    pub fn scope(self) -> Result<Scope, Problem> {
        question::scope(Some(self.into())).map_err(in_query)
    }

    /// The scope and a source in it.
    pub fn source(self, name: &str) -> Result<(Scope, SourceName), Problem> {
        question::source(Some(self.into()), name).map_err(in_query)
    }
}

impl From<ScopeQuery> for proto::Scope {
    fn from(query: ScopeQuery) -> Self {
        Self {
            workspace_id: query.workspace_id,
            service: query.service,
            environment: query.environment,
        }
    }
}

/// In a query there is no `scope` around its parts.
pub(super) fn in_query(error: CallError) -> Problem {
    let stripped = error.violations().iter().map(|violation| {
        let field = &violation.field;
        let bare = field.strip_prefix("scope.").unwrap_or(field);
        Violation::new(bare, &violation.detail)
    });
    CallError::Invalid(stripped.collect()).into()
}
