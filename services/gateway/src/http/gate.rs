//! `POST /v1/gate/evaluate`.

use std::convert::Infallible;

use axum::{
    Json,
    extract::State,
    response::{
        IntoResponse as _, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures::{Stream, StreamExt as _, stream};
use http::{Extensions, HeaderMap};
use passport_evidence::{Scope, Subject};
use passport_policy::gate::Mode;
use passport_service_kit::limits;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use tokio::time::{Instant, sleep_until};

use super::{Shared, body::JsonBody, collect::accepts_events, problem::Problem, timeout::Length};
use crate::{
    access::Caller,
    budget::Budget,
    call_error::CallError,
    gate::{
        GateQuestion, GateRequest, MODES,
        watch::{Decisions, Shown, WatchQuestion, Watched},
    },
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

/// Decides, and answers with the record; where the caller accepts events, with one for each decision
/// of a watch.
pub(super) async fn evaluate(
    State(shared): State<Shared>,
    caller: Caller,
    budget: Budget,
    length: Length,
    headers: HeaderMap,
    extensions: Extensions,
    JsonBody(body): JsonBody<EvaluateBody>,
) -> Result<Response, Problem> {
    let question = GateQuestion::try_from(body)?;
    let gateway = &shared.gateway;
    if !accepts_events(&headers) {
        let passport = gateway.evaluate_gate(&caller, question, budget).await?;
        return Ok(Json(passport).into_response());
    }
    let until = Instant::now() + length.0;
    let of = WatchQuestion {
        shown: Shown::new(gateway, &caller, &headers, extensions.get()),
        question,
        until,
        _place: limits::watch(&extensions).map_err(CallError::from)?,
    };
    let decisions = gateway.watch_gate(of).await?;
    let events = Sse::new(events(decisions, until)).keep_alive(KeepAlive::default());
    Ok(events.into_response())
}

/// One event `passport` each; `failed` says why there are no more, `done` that the time is over.
fn events(
    decisions: Decisions,
    until: Instant,
) -> impl Stream<Item = Result<Event, Infallible>> + Send + 'static {
    let done = Event::default().event("done").data("{}");
    let told = decisions.filter_map(|it| async move { event(it) });
    let told = told.take_until(sleep_until(until));
    told.chain(stream::iter([done])).map(Ok)
}

/// `None` only for what has no JSON, which no decision lacks.
fn event(told: Result<Watched, CallError>) -> Option<Event> {
    match told {
        Ok(watched) => {
            let event = Event::default().event("passport");
            event.json_data(&watched.passport).ok()
        }
        Err(error) => {
            let why = json!({ "code": error.reason(), "message": error.to_string() });
            Event::default().event("failed").json_data(why).ok()
        }
    }
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
