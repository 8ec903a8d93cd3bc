//! Questions of providers, and the answers that they are told.

use passport_evidence::{Failure, FailureCode};
use passport_proto::collector as proto;
use tokio::time::{Instant, timeout_at};
use tracing::Instrument as _;

use super::{Inner, Running, answer};
use crate::kind::{Answer, CollectError, CollectRequest, Question, Sending, Word};

/// Characters of a comment that a provider is told.
const LONGEST_COMMENT: usize = 1_000;

impl Inner {
    /// Hands an answer to the source that was asked. `None`: the provider took it.
    pub(super) async fn answer(
        &self,
        running: &Running,
        handle: &[u8],
        told: &Answer,
        deadline: Instant,
    ) -> Option<Failure> {
        let now = self.clock.now();
        let request = CollectRequest {
            now,
            subject: None,
            deadline,
        };
        let span = tracing::info_span!(
            "answer question",
            connector = running.source.descriptor.id,
            source = %running.source.id,
        );
        let sending = Sending::within(&request);
        let answering = running.source.connector.answer(handle, told, &sending);
        let answered = timeout_at(deadline, answering).instrument(span).await;
        let answered = answered.unwrap_or(Err(CollectError::new(FailureCode::TimedOut)));
        answered.err().map(|error| answer::failure(running, error))
    }
}

/// A question as it goes to who decides.
pub(super) fn on_wire(question: &Question) -> proto::Question {
    proto::Question {
        subject: Some((&question.subject).into()),
        handle: question.handle.clone(),
        // Longer than the wire can say is as long as it can.
        patience: Some(question.patience.try_into().unwrap_or_default()),
    }
}

/// The answer of a request; `None` where it says no word.
pub(super) fn told(word: proto::Word, comment: &str) -> Option<Answer> {
    let word = match word {
        proto::Word::Unspecified => return None,
        proto::Word::GoOn => Word::GoOn,
        proto::Word::Stop => Word::Stop,
        proto::Word::Wait => Word::Wait,
    };
    let plain = comment.chars().filter(|it| !it.is_control());
    Some(Answer {
        word,
        comment: plain.take(LONGEST_COMMENT).collect(),
    })
}
