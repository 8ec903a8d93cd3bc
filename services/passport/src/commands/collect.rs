//! `passport collect`.

use chrono::{DateTime, Utc};
use passport_evidence::wire::{self, WireError};
use passport_evidence::{ClaimedEvidence, Evidence, Failure, Outcome, Scope};
use passport_proto::evidence::outcome::Kind;
use passport_proto::gateway::{
    CollectEvidenceRequest, StreamEvidenceRequest, StreamEvidenceResponse,
};
use tonic::Streaming;

use super::Session;
use super::progress::Progress;
use crate::cli::Collect;
use crate::client::{Gateway, protocol};
use crate::exit::{Exit, Fault};
use crate::output::Answer;

const FAILED: &str = "mend what the failures name; `passport sources check` tells more of each";

pub async fn run(args: &Collect, session: &Session) -> Result<Exit, Fault> {
    let scope = args.scope.scope();
    let gateway = Gateway::connect(&session.global).await?;
    let answer = ask(&gateway, question(args), &scope, session).await?;
    session.show(&answer)?;
    match answer.evidence().is_empty() {
        true => Err(nothing_known(&answer, &scope)),
        false => Ok(Exit::Answered),
    }
}

/// No evidence at all is no answer that a pipeline may go on with.
fn nothing_known(answer: &Answer, scope: &Scope) -> Fault {
    match answer.failures().len() {
        0 => Fault::unanswered(
            format!("no evidence about {scope}: no source was asked"),
            "see the sources with `passport sources list`, and whether --source and --category select any",
        ),
        1 => Fault::unanswered(
            format!("no evidence about {scope}: the one source that was asked could not answer"),
            FAILED,
        ),
        many => Fault::unanswered(
            format!("no evidence about {scope}: none of {many} sources could answer"),
            FAILED,
        ),
    }
}

/// Asks, and shows progress until all is known.
pub async fn ask(
    gateway: &Gateway,
    question: CollectEvidenceRequest,
    scope: &Scope,
    session: &Session,
) -> Result<Answer, Fault> {
    let what = format!("collect evidence about {scope}");
    let mut progress = Progress::start(session.terminal, scope);
    let request = gateway.request(StreamEvidenceRequest {
        collect: Some(question),
    });
    let mut client = gateway.client();
    let reply = gateway
        .answer(&what, client.stream_evidence(request))
        .await?;
    let mut stream: Streaming<StreamEvidenceResponse> = reply.into_inner();
    let mut outcomes = Vec::new();
    while let Some(message) = gateway.answer(&what, stream.message()).await? {
        let outcome = outcome(message, session.now()).map_err(|error| protocol(&what, error))?;
        progress.saw(&outcome);
        outcomes.push(outcome);
    }
    Ok(Answer::new(outcomes, session.now()))
}

fn question(args: &Collect) -> CollectEvidenceRequest {
    let subject = args.subject.subject();
    CollectEvidenceRequest {
        scope: Some((&args.scope.scope()).into()),
        subject: (!subject.is_empty()).then(|| (&subject).into()),
        sources: args.sources.iter().map(ToString::to_string).collect(),
        categories: args.categories.clone(),
        max_age: args.max_age.map(wire::duration),
    }
}

fn outcome(message: StreamEvidenceResponse, now: DateTime<Utc>) -> Result<Outcome, WireError> {
    let kind = message.outcome.and_then(|outcome| outcome.kind);
    match kind.ok_or(WireError::Missing("outcome"))? {
        Kind::Evidence(evidence) => Ok(Outcome::Evidence(admitted(evidence.try_into()?, now))),
        Kind::Failure(failure) => Failure::try_from(failure).map(Outcome::Failure),
    }
}

/// Judges what the gateway claims. A clock here that is behind the collector's would call its
/// facts ones from the future, so the later of the two counts.
fn admitted(claimed: ClaimedEvidence, now: DateTime<Utc>) -> Evidence {
    let collected_at = claimed.frame.provenance.collected_at;
    claimed.admit(now.max(collected_at))
}
