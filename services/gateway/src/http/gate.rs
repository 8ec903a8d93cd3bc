//! `POST /v1/gate/evaluate`.

use axum::{Json, extract::State};
use passport_evidence::{Scope, Subject};
use passport_policy::{gate::Mode, passport::Passport};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Shared, body::JsonBody, problem::Problem};
use crate::{
    access::Caller,
    budget::Budget,
    call_error::CallError,
    gate::{GateQuestion, GateRequest, MODES},
};

/// What is to be decided.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct EvaluateBody {
    /// What the release is about.
    scope: Scope,
    /// What is being released. Without the parts that the policy binds, the decision is at most `hold`.
    #[serde(default)]
    subject: Option<Subject>,
    /// `shadow`, `advisory` or `enforce`. May only be stricter than the policy's own.
    #[serde(default)]
    mode: Option<String>,
}

/// Decides, and answers with the record.
pub(super) async fn evaluate(
    State(shared): State<Shared>,
    caller: Caller,
    budget: Budget,
    JsonBody(body): JsonBody<EvaluateBody>,
) -> Result<Json<Passport>, Problem> {
    let question = GateQuestion::try_from(body)?;
    let passport = shared.gateway.evaluate_gate(&caller, question, budget);
    Ok(Json(passport.await?))
}

impl TryFrom<EvaluateBody> for GateQuestion {
    type Error = CallError;

    fn try_from(body: EvaluateBody) -> Result<Self, CallError> {
        let mode = |word: String| Mode::from_word(&word).ok_or_else(|| MODES.to_owned());
        GateRequest {
            scope: Some((&body.scope).into()),
            subject: body.subject,
            mode: body.mode.map(mode),
        }
        .try_into()
    }
}
