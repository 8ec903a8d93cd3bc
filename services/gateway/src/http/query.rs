//! The scope in a query, for routes that name one source or list a scope's.

use axum::extract::{FromRequestParts, Query};
use http::request::Parts;
use passport_evidence::{Scope, SourceName};
use passport_proto::evidence as proto;
use serde::Deserialize;

use super::problem::Problem;
use crate::{
    call_error::{CallError, Violation},
    question,
};

/// The query keys that every such route takes.
pub(super) const KEYS: [(&str, bool, &str); 3] = [
    ("workspaceId", true, "The workspace."),
    ("service", true, "The service."),
    ("environment", true, "The environment."),
];

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

impl<S: Send + Sync> FromRequestParts<S> for ScopeQuery {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = Query::<Self>::from_request_parts(parts, state).await;
        let unreadable = "each of workspaceId, service and environment stands once";
        query
            .map(|Query(query)| query)
            .map_err(|_| Problem::field("query", unreadable))
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
fn in_query(error: CallError) -> Problem {
    let stripped = error.violations().iter().map(|violation| {
        let field = &violation.field;
        let bare = field.strip_prefix("scope.").unwrap_or(field);
        Violation::new(bare, &violation.detail)
    });
    CallError::Invalid(stripped.collect()).into()
}
