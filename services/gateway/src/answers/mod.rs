//! Providers that ask by a signed delivery whether a release may go on, and wait to be told.
//!
//! The gate is watched for as long as the provider's source is patient. What it says goes to the collector
//! that holds the credential, and from there to the provider. Nothing of this outlives the process: who is
//! not answered waits on, and asks anew when the delivery is sent again.

mod answering;
mod told;

use std::time::Duration;

use futures::StreamExt as _;
use passport_evidence::{FailureCode, SourceId, Subject};
use passport_proto::{
    collector::{AnswerQuestionRequest, IngestResult, Question},
    evidence::Failure,
};
use tokio::time::{Instant, sleep, timeout_at};
use tracing::{Instrument as _, info, info_span, warn};

use crate::{
    access::Caller,
    call_error::CallError,
    gate::{
        GateQuestion, GateRequest,
        watch::{Decisions, LONGEST, Shown, WatchQuestion},
    },
    gateway::Gateway,
};
pub(crate) use answering::Answering;
use told::Told;

/// How long a question is looked at in any case: once it has to be.
const LEAST: Duration = Duration::from_secs(30);
/// How long one telling may take.
const TELLING: Duration = Duration::from_secs(30);
/// How often an answer is told that did not reach the provider.
const TELLINGS: u32 = 4;
/// The wait after the first of them; each further one is twice as long.
const FIRST_WAIT: Duration = Duration::from_secs(2);

/// A question, read as what comes of any caller is.
struct Asked {
    source: SourceId,
    handle: bytes::Bytes,
    gate: GateQuestion,
    until: Instant,
}

impl Gateway {
    /// Sees to it that a provider is told. One that is being answered already is not asked for twice.
    pub(crate) fn asked(&self, source: SourceId, result: IngestResult, question: Question) {
        let was_taken = matches!(result, IngestResult::Accepted | IngestResult::Duplicate);
        let Some(asked) = Asked::read(source, question).filter(|_| was_taken) else {
            warn!("a collector handed on a question that is none");
            return;
        };
        let answering = self.watches.answering();
        let Some(place) = answering.begin(&asked.source, &asked.handle) else {
            warn!(source = %asked.source, "a question is being answered already, or too many are");
            return;
        };
        let span = info_span!("question", source = %asked.source);
        let gateway = self.clone();
        let answered = async move {
            gateway.settle(&asked).await;
            drop(place);
        };
        tokio::spawn(answered.instrument(span));
    }

    /// Tells the provider at once what is missing, if anything is, and in the end what came of it.
    async fn settle(&self, asked: &Asked) {
        let mut decisions = match self.watched(asked).await {
            Ok(decisions) => decisions,
            Err(error) => return left_alone(&error),
        };
        let mut last = None;
        loop {
            let told = match timeout_at(asked.until, decisions.next()).await {
                Ok(Some(Ok(decided))) => Told::of(&decided),
                Ok(Some(Err(error @ CallError::Ending))) => return left_alone(&error),
                Ok(Some(Err(error))) => {
                    warn!(%error, "not decided");
                    Told::undecided()
                }
                Ok(None) | Err(_) => Told::at_the_end(last.take()),
            };
            if told.is_last || last.is_none() {
                self.serving().tell(asked, &told).await;
            }
            if told.is_last {
                return;
            }
            last = Some(told);
        }
    }

    async fn watched(&self, asked: &Asked) -> Result<Decisions, CallError> {
        let caller = Caller::of_provider(&asked.source);
        let of = WatchQuestion {
            question: asked.gate.clone(),
            shown: Shown::ForProvider(caller),
            until: asked.until,
            _place: None,
        };
        self.serving().watch_gate(of).await
    }

    /// The gateway of the configuration that holds now.
    fn serving(&self) -> Self {
        self.watches.now().unwrap_or_else(|| self.clone())
    }

    /// Tells it through the collector of the source, again where it did not reach the provider.
    async fn tell(&self, asked: &Asked, told: &Told) {
        let mut wait = FIRST_WAIT;
        for left in (0..TELLINGS).rev() {
            match self.tell_once(asked, told).await {
                Ok(()) => {
                    self.fan_out.meters.answered(told.word, None);
                    info!(word = told.word.as_str_name(), "a provider was answered");
                    return;
                }
                Err(code) if left > 0 && may_pass(code) => sleep(wait).await,
                Err(code) => {
                    self.fan_out.meters.answered(told.word, Some(code));
                    warn!(
                        code = code.as_str(),
                        word = told.word.as_str_name(),
                        "an answer did not reach its provider, which waits until it asks again"
                    );
                    return;
                }
            }
            wait *= 2;
        }
    }

    async fn tell_once(&self, asked: &Asked, told: &Told) -> Result<(), FailureCode> {
        let one = self.one(&asked.source.scope, &asked.source.name);
        let one = one.map_err(|_| FailureCode::NotConfigured)?;
        let caller = Caller::of_provider(&asked.source);
        let request = AnswerQuestionRequest {
            scope: Some((&asked.source.scope).into()),
            source: asked.source.name.to_string(),
            handle: asked.handle.clone(),
            word: told.word.into(),
            comment: told.comment.clone(),
        };
        let collector = one.client.for_caller(caller.name());
        let answer = collector.answer_question(request, TELLING).await;
        let answer = answer.map_err(|status| one.failed(&status, self.now()).code)?;
        let code = |failure: Failure| FailureCode::from_wire(failure.code);
        match answer.failure {
            None => Ok(()),
            Some(failure) => Err(code(failure).unwrap_or(FailureCode::Internal)),
        }
    }
}

fn left_alone(error: &CallError) {
    warn!(%error, "left unanswered; the provider waits until it asks again");
}

/// Whether the same may reach the provider a moment later.
fn may_pass(code: FailureCode) -> bool {
    matches!(
        code,
        FailureCode::Unreachable | FailureCode::TimedOut | FailureCode::Throttled
    )
}

// === impl Asked ===

impl Asked {
    /// `None`: it names no release.
    fn read(source: SourceId, question: Question) -> Option<Self> {
        let subject: Subject = question.subject?.into();
        let request = GateRequest {
            scope: Some((&source.scope).into()),
            subject: (!subject.is_empty()).then_some(subject),
            mode: None,
        };
        let gate = GateQuestion::try_from(request).ok();
        let patience = question.patience.and_then(|it| Duration::try_from(it).ok());
        let patience = patience.unwrap_or_default().clamp(LEAST, LONGEST);
        Some(Self {
            source,
            handle: question.handle,
            gate: gate.filter(|it| it.subject.is_some())?,
            until: Instant::now() + patience,
        })
    }
}
