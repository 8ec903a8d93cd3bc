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
    collector::{AnswerQuestionRequest, IngestResult, Question, Word},
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
            gateway.settle(asked).await;
            drop(place);
        };
        tokio::spawn(answered.instrument(span));
    }

    /// Tells the provider at once what is missing, if anything is, and in the end what came of it. Leave to go
    /// on is never told again without another look: what lets a release go may have ended meanwhile.
    async fn settle(&self, mut asked: Asked) {
        let mut wait = FIRST_WAIT;
        for _ in 0..TELLINGS {
            let told = match self.looked(&asked).await {
                Ok(told) => told,
                Err(error) => return left_alone(&error),
            };
            let unheard = match told.word {
                Word::GoOn => self.tell_once(&asked, &told).await,
                Word::Stop | Word::Wait | Word::Unspecified => self.tell(&asked, &told).await,
            };
            self.note(&told, unheard.err());
            if told.word != Word::GoOn || !unheard.is_err_and(may_pass) {
                return;
            }
            sleep(wait).await;
            wait *= 2;
            asked.until = asked.until.max(Instant::now() + LEAST);
        }
    }

    /// The last word about it; before that the provider is told once what is missing.
    async fn looked(&self, asked: &Asked) -> Result<Told, CallError> {
        let mut decisions = self.watched(asked).await?;
        let mut last = None;
        loop {
            let told = match timeout_at(asked.until, decisions.next()).await {
                Ok(Some(Ok(decided))) => Told::of(&decided),
                Ok(Some(Err(error @ CallError::Ending))) => return Err(error),
                Ok(Some(Err(error))) => {
                    warn!(%error, "not decided");
                    Told::undecided()
                }
                Ok(None) | Err(_) => Told::at_the_end(last.take()),
            };
            if told.is_last {
                return Ok(told);
            }
            if last.is_none() {
                self.note(&told, self.tell(asked, &told).await.err());
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

    /// Tells it, again where it did not reach the provider.
    async fn tell(&self, asked: &Asked, told: &Told) -> Result<(), FailureCode> {
        let mut wait = FIRST_WAIT;
        for _ in 1..TELLINGS {
            match self.tell_once(asked, told).await {
                Err(code) if may_pass(code) => sleep(wait).await,
                heard => return heard,
            }
            wait *= 2;
        }
        self.tell_once(asked, told).await
    }

    /// Notes what became of a telling.
    fn note(&self, told: &Told, failure: Option<FailureCode>) {
        self.fan_out.meters.answered(told.word, failure);
        let word = told.word.as_str_name();
        match failure {
            None => info!(word, "a provider was answered"),
            Some(code) => warn!(
                code = code.as_str(),
                word, "an answer did not reach its provider, which waits until it asks again"
            ),
        }
    }

    /// Tells it through the collector of the source.
    async fn tell_once(&self, asked: &Asked, told: &Told) -> Result<(), FailureCode> {
        let gateway = self.serving();
        let one = gateway.one(&asked.source.scope, &asked.source.name);
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
