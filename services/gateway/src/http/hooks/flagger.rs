//! `POST /v1/hooks/{token}/flagger/{hook}`.
//!
//! Flagger (its `Canary` CRD and `pkg/controller/webhook.go`) posts JSON to a URL and sends no header that
//! a user chooses: a webhook has a name, a type, a URL, a timeout, a number of retries, whether to verify
//! TLS, and metadata. So the token stands in the path. An answer of 200 to 202 means yes, everything else
//! no, and the body of a no is shown in its log and its events.

use std::collections::BTreeMap;

use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Response},
};
use http::{
    StatusCode,
    header::{CACHE_CONTROL, CONTENT_TYPE},
};
use passport_evidence::Subject;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    super::{Shared, body::JsonBody, problem::Problem},
    admitted::Admitted,
};
use crate::{
    access::Hook,
    budget::Budget,
    gate::{GateQuestion, GateRequest, Verdict},
};

/// What Flagger sends. It may grow: what is not known here is left alone.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::http) struct FlaggerBody {
    /// As the `Canary` has it for this webhook. `revision`, `artifactDigest` and `release` say what is
    /// released, unless the hook's `release` names other keys.
    #[serde(default)]
    metadata: Option<BTreeMap<String, String>>,
}

/// What Flagger asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asks {
    /// Whether to go on; until then it waits.
    ToGoOn,
    /// Whether to take the canary back.
    ToRollBack,
}

/// Decides, and answers in a line.
pub(in crate::http) async fn answer(
    State(shared): State<Shared>,
    Admitted { caller, hook }: Admitted,
    Path((_, kind)): Path<(String, String)>,
    budget: Budget,
    JsonBody(body): JsonBody<FlaggerBody>,
) -> Result<Response, Problem> {
    let asks = Asks::of(&kind).ok_or_else(no_such_hook)?;
    let question = question(&hook, body)?;
    let passport = shared.gateway.evaluate_gate(&caller, question, budget);
    let passport = passport.await?;
    let verdict = Verdict::of(&passport, hook.fail_on);
    let (status, line) = match asks {
        Asks::ToGoOn if verdict.stops() => (StatusCode::CONFLICT, verdict.line("stop")),
        Asks::ToGoOn => (StatusCode::OK, verdict.line("go on")),
        Asks::ToRollBack => match verdict.gives_up() {
            Some(reason) => (StatusCode::OK, verdict.line_for("roll back", Some(reason))),
            None => (StatusCode::CONFLICT, verdict.line("do not roll back")),
        },
    };
    let headers = [
        (CONTENT_TYPE, "text/plain; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
    ];
    Ok((status, headers, line + "\n").into_response())
}

fn question(hook: &Hook, body: FlaggerBody) -> Result<GateQuestion, Problem> {
    let mut metadata = body.metadata.unwrap_or_default();
    let mut named = |key: &str| metadata.remove(key).filter(|it| !it.is_empty());
    let subject = Subject {
        version: named(&hook.release.version),
        revision: named(&hook.release.revision),
        artifact_digests: named(&hook.release.artifact_digest).into_iter().collect(),
    };
    let request = GateRequest {
        scope: Some((&hook.scope).into()),
        subject: (!subject.is_empty()).then_some(subject),
        mode: None,
    };
    Ok(request.try_into()?)
}

// === impl Asks ===

impl Asks {
    /// What a type of webhook asks. `pre-rollout` and `rollout` are not among them: Flagger counts their
    /// failures and rolls back after some, so that a source that can't be asked would undo a release.
    fn of(kind: &str) -> Option<Self> {
        match kind {
            "confirm-rollout" | "confirm-traffic-increase" | "confirm-promotion" => {
                Some(Self::ToGoOn)
            }
            "rollback" => Some(Self::ToRollBack),
            _ => None,
        }
    }
}

fn no_such_hook() -> Problem {
    let detail = "there is no such hook; there are confirm-rollout, confirm-traffic-increase, \
                  confirm-promotion and rollback";
    Problem::new(StatusCode::NOT_FOUND, "NO_SUCH_HOOK", detail)
}
