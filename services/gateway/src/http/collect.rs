//! `POST /v1/evidence/collect`.

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
use http::{HeaderMap, header::ACCEPT};
use passport_evidence::{MaxAge, Outcome, Scope, Subject};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Shared, body::JsonBody, problem::Problem};
use crate::{
    access::Caller,
    budget::Budget,
    call_error::CallError,
    question::{Draft, Question, WHOLE_SECONDS},
};

/// Media type of a stream of outcomes.
pub(super) const EVENT_STREAM: &str = "text/event-stream";

/// Which sources to ask, for what.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct CollectBody {
    /// What the question is about.
    scope: Scope,
    /// What is being released. Without it, facts that compare with it are not judged.
    #[serde(default)]
    subject: Option<Subject>,
    /// Names of the sources wanted. Without it: all.
    #[serde(default)]
    sources: Option<Vec<String>>,
    /// Categories wanted, such as `metrics`. Without it: all.
    #[serde(default)]
    categories: Option<Vec<String>>,
    /// Evidence that is older counts as stale. Only ever tightens a source's own max age.
    #[serde(default)]
    #[schemars(range(min = 1))]
    max_age_seconds: Option<u64>,
}

/// Collects, and answers as a whole or, where the caller accepts events, with one for each outcome.
pub(super) async fn collect(
    State(shared): State<Shared>,
    caller: Caller,
    budget: Budget,
    headers: HeaderMap,
    JsonBody(body): JsonBody<CollectBody>,
) -> Result<Response, Problem> {
    let question = Question::try_from(body)?;
    let gateway = &shared.gateway;
    if accepts_events(&headers) {
        let outcomes = gateway.stream_evidence(&caller, question, budget)?;
        let events = Sse::new(events(outcomes)).keep_alive(KeepAlive::default());
        return Ok(events.into_response());
    }
    let collected = gateway.collect_evidence(&caller, question, budget).await?;
    Ok(Json(collected).into_response())
}

pub(super) fn accepts_events(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(ACCEPT).iter();
    let mut types = accepted
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|range| range.split(';').next());
    types.any(|essence| essence.trim().eq_ignore_ascii_case(EVENT_STREAM))
}

fn events(
    outcomes: impl Stream<Item = Outcome> + Send + 'static,
) -> impl Stream<Item = Result<Event, Infallible>> + Send + 'static {
    let done = Event::default().event("done").data("{}");
    outcomes
        .filter_map(|outcome| async move { event(&outcome) })
        .chain(stream::iter([done]))
        .map(Ok)
}

/// `None` only for what has no JSON, which no outcome lacks.
fn event(outcome: &Outcome) -> Option<Event> {
    let name = match outcome {
        Outcome::Evidence(_) => "evidence",
        Outcome::Failure(_) => "failure",
    };
    Event::default().event(name).json_data(outcome).ok()
}

impl TryFrom<CollectBody> for Question {
    type Error = CallError;

    fn try_from(body: CollectBody) -> Result<Self, CallError> {
        let age = |seconds| MaxAge::from_secs(seconds).ok_or_else(|| WHOLE_SECONDS.to_owned());
        Draft {
            scope: Some((&body.scope).into()),
            subject: body.subject,
            sources: body.sources.unwrap_or_default(),
            categories: body.categories.unwrap_or_default(),
            max_age: body.max_age_seconds.map(age),
        }
        .try_into()
    }
}
