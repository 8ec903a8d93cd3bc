//! `GET` and `POST /v1/hooks/argo-rollouts`, for a metric of the web provider of Argo Rollouts. That one
//! can send headers, so the caller shows its token as everywhere else.
//!
//! A measurement succeeds where `successCondition` holds, fails where `failureCondition` does, and is
//! inconclusive where neither does. Any status but 2xx is an error of the measurement, of which some in a
//! row abort the rollout; so a decision is always told with 200.

use axum::{
    Json,
    extract::{Query, State},
};
use http::{HeaderMap, HeaderValue, header::CACHE_CONTROL};
use passport_evidence::{Subject, json::Time};
use passport_policy::passport::Passport;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::{
    Shared, body::JsonBody, gate::EvaluateBody, problem::Problem, query::ScopeQuery,
};
use crate::{
    access::Caller,
    budget::Budget,
    call_error::CallError,
    gate::{GateQuestion, GateRequest, Verdict},
};

/// The query keys of the measurement.
pub(in crate::http) const KEYS: [(&str, bool, &str); 6] = [
    ("workspaceId", true, "The workspace."),
    ("service", true, "The service."),
    ("environment", true, "The environment."),
    ("revision", false, "Source revision that is released."),
    (
        "artifactDigest",
        false,
        "Digest of the artifact that is released.",
    ),
    ("version", false, "Release id or version."),
];

/// What is released, as the query has it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::http) struct ReleaseQuery {
    revision: Option<String>,
    artifact_digest: Option<String>,
    version: Option<String>,
}

/// A decision in fields that a condition can test.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::http) struct Measured {
    /// Whether the rollout may go on. Also true where the policy is not enforced.
    go: bool,
    /// Whether an enforced policy gives the release up, for what evidence says. Where this is false and
    /// `go` too, it has to wait.
    stop: bool,
    /// `allow`, `allow_with_canary`, `require_approval`, `hold`, `block` or `rollback_recommended`.
    decision: &'static str,
    /// `shadow`, `advisory` or `enforce`.
    mode: &'static str,
    /// The deciding reason, in a line.
    reason: String,
    passport_id: String,
    /// The moment from which on the decision is too old to rely on.
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_until: Option<Time>,
}

/// What answers both: nobody on the way keeps it.
type Answer = ([(http::HeaderName, &'static str); 1], Json<Measured>);

/// Decides about what the query names.
pub(in crate::http) async fn get(
    State(shared): State<Shared>,
    caller: Caller,
    budget: Budget,
    headers: HeaderMap,
    scope: ScopeQuery,
    release: Result<Query<ReleaseQuery>, axum::extract::rejection::QueryRejection>,
) -> Result<Answer, Problem> {
    if shared.gateway.admits_everybody() && is_of_another_page(&headers) {
        return Err(CallError::ForeignOrigin.into());
    }
    let unreadable = "each of revision, artifactDigest and version stands once at most";
    let Query(release) = release.map_err(|_| Problem::field("query", unreadable))?;
    let subject = release.subject();
    let request = GateRequest {
        scope: Some((&scope.scope()?).into()),
        subject: (!subject.is_empty()).then_some(subject),
        mode: None,
    };
    let question = GateQuestion::try_from(request)?;
    measured(&shared, &caller, question, budget).await
}

/// Whether a page of somebody else's asks. Browsers name no origin with a plain `GET`, and this one is
/// recorded; they say this of it instead. No other client does.
fn is_of_another_page(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    site.is_some_and(|it| it != b"none" && it != b"same-origin")
}

/// Decides about what the body names, which is that of `POST /v1/gate/evaluate`.
pub(in crate::http) async fn post(
    State(shared): State<Shared>,
    caller: Caller,
    budget: Budget,
    JsonBody(body): JsonBody<EvaluateBody>,
) -> Result<Answer, Problem> {
    let question = GateQuestion::try_from(body)?;
    measured(&shared, &caller, question, budget).await
}

async fn measured(
    shared: &Shared,
    caller: &Caller,
    question: GateQuestion,
    budget: Budget,
) -> Result<Answer, Problem> {
    let passport = shared.gateway.evaluate_gate(caller, question, budget);
    let measured = Measured::of(&passport.await?);
    Ok(([(CACHE_CONTROL, "no-store")], Json(measured)))
}

// === impl Measured ===

impl Measured {
    fn of(passport: &Passport) -> Self {
        let verdict = Verdict::of(passport, None);
        Self {
            go: !verdict.stops(),
            stop: verdict.gives_up().is_some(),
            decision: passport.decision.as_str(),
            mode: passport.mode.as_str(),
            reason: verdict.reason(),
            passport_id: passport.id.to_string(),
            valid_until: passport.valid_until.map(Time),
        }
    }
}

// === impl ReleaseQuery ===

impl ReleaseQuery {
    /// An argument of an `AnalysisTemplate` that is left empty names nothing.
    fn subject(self) -> Subject {
        let given = |text: Option<String>| text.filter(|it| !it.is_empty());
        Subject {
            version: given(self.version),
            revision: given(self.revision),
            artifact_digests: given(self.artifact_digest).into_iter().collect(),
        }
    }
}
