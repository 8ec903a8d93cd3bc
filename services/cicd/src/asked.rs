//! Providers that wait for an answer: what a source of theirs takes, is asked and answers.

use std::time::Duration;

use passport_connector_sdk::{
    Accepted, Answer, AnsweringClient, Builder, CollectError, Delivery, Question, Rejected,
    Request, Sending, settings::Span,
};
use passport_evidence::{FailureCode, Subject};

/// The longest that may be looked for a yes or a no.
const LONGEST: Span = Span::of_seconds(3_600);

/// What a source takes.
pub trait Inbox {
    /// Judges a delivery.
    fn accept(&self, delivery: &Delivery) -> Result<Accepted, Rejected>;

    /// What a delivery that was taken asks, if it asks this source.
    fn question(&self, delivery: &Delivery) -> Option<Asked>;
}

/// What waits for an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Commit that is asked about.
    pub revision: String,
    /// Names what waits, as [`Gate::reply`] reads it.
    pub handle: String,
}

/// What waits for answers.
pub trait Gate {
    /// The call that tells it: its path is made of what is configured and of what the handle names, and of
    /// nothing else that a delivery says. `None`: the handle names nothing that could wait.
    fn reply(&self, handle: &[u8], answer: &Answer) -> Option<Request>;
}

/// A gate and what answers for it.
#[derive(Debug)]
pub struct Answering<G> {
    /// Which one.
    pub gate: G,
    /// Shows the credential that may answer, and serves for answers only.
    pub client: AnsweringClient,
    /// How long to look for a yes or a no.
    pub patience: Duration,
}

/// Both, as far as a source has them.
pub struct Post<I, G> {
    /// `None`: nothing is taken.
    pub inbox: Option<I>,
    /// `None`: nothing is answered.
    pub answering: Option<Answering<G>>,
}

/// How long to look for a yes or a no. `None` after a problem.
pub fn patience(wait: Span, builder: &mut Builder<'_>) -> Option<Duration> {
    if wait > LONGEST {
        builder.problem("answers.wait", "is more than 1h", "wait for 1h at most");
    }
    (wait <= LONGEST).then(|| wait.as_duration())
}

/// A number, and nothing that could name anything else.
pub fn number(text: &str) -> Option<u64> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

// === impl Asked ===

impl Asked {
    /// The question as the one who decides is asked it.
    fn question(self, patience: Duration) -> Question {
        Question {
            subject: Subject {
                revision: Some(self.revision),
                ..Subject::default()
            },
            handle: self.handle.into_bytes().into(),
            patience,
        }
    }
}

// === impl Post ===

impl<I: Inbox, G: Gate> Post<I, G> {
    /// As [`Connector::accept`](passport_connector_sdk::Connector::accept).
    pub fn accept(&self, delivery: &Delivery) -> Result<Accepted, Rejected> {
        match &self.inbox {
            Some(inbox) => inbox.accept(delivery),
            None => Err(Rejected::not_supported()),
        }
    }

    /// As [`Connector::question`](passport_connector_sdk::Connector::question).
    pub fn question(&self, delivery: &Delivery) -> Option<Question> {
        let asked = self.inbox.as_ref()?.question(delivery)?;
        Some(asked.question(self.answering.as_ref()?.patience))
    }

    /// As [`Connector::answer`](passport_connector_sdk::Connector::answer).
    ///
    /// # Errors
    /// Nothing is answered here, the handle names nothing, or the provider does not take the answer: nothing
    /// waits for it any more, or the credential may not answer.
    pub async fn answer(
        &self,
        handle: &[u8],
        answer: &Answer,
        sending: &Sending<'_>,
    ) -> Result<(), CollectError> {
        let failed = CollectError::new;
        let answering = self.answering.as_ref();
        let answering = answering.ok_or_else(|| failed(FailureCode::NotSupported))?;
        let reply = answering.gate.reply(handle, answer);
        let reply = reply.ok_or_else(|| failed(FailureCode::NotFound))?;
        answering.client.send(reply, sending).await
    }
}
