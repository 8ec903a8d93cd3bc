//! Having a source tell people of a release.

use passport_evidence::{Failure, Scope, SourceName, Subject};
use passport_policy::grants::Verb;
use passport_proto::{
    collector::{NoticeResult, SendNoticeRequest, SendNoticeResponse},
    evidence as proto, gateway as api,
};
use tonic::Status;

use super::{Gateway, One};
use crate::{
    access::Caller,
    budget::Budget,
    call_error::CallError,
    question::{self, gathered, release},
};

/// Which source is to send its notice, about what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeQuestion {
    /// Scope of the source.
    pub scope: Scope,
    /// The source.
    pub source: SourceName,
    /// What is being released; never an empty one.
    pub subject: Subject,
}

/// What became of the wish to send a notice.
#[derive(Debug, Clone, PartialEq)]
pub enum Noticed {
    /// The provider answered. It may have refused: the source's evidence tells.
    Sent,
    /// It was sent before, or is being sent, or may have been. Nothing was done.
    SentBefore,
    /// The source has none to send about this release.
    NothingToSend,
    /// There was no answer, for this reason.
    Unanswered(Failure),
}

impl Gateway {
    /// Has a source send its notice about a release, if that was not sent yet.
    ///
    /// # Errors
    /// The caller was not granted it, or the source is not configured.
    pub async fn send_notice(
        &self,
        caller: &Caller,
        question: NoticeQuestion,
        budget: Budget,
    ) -> Result<Noticed, CallError> {
        let scope = &question.scope;
        self.granted(caller, Verb::Notify, scope)?;
        let one = self.one(scope, &question.source)?;
        let request = SendNoticeRequest {
            scope: Some(scope.into()),
            source: question.source.to_string(),
            subject: Some((&question.subject).into()),
        };
        let collector = one.client.for_caller(caller.name());
        let answer = collector.send_notice(request, budget.for_collectors());
        let noticed = match answer.await {
            Ok(answer) => self.noticed(&one, answer),
            Err(status) => Noticed::Unanswered(one.failed(&status, self.now())),
        };
        if noticed == Noticed::Sent {
            self.watches.delivered(scope);
        }
        Ok(noticed)
    }

    fn noticed(&self, one: &One, answer: SendNoticeResponse) -> Noticed {
        let now = self.now();
        let result = answer.result();
        match (answer.failure, result) {
            (Some(failure), _) => Noticed::Unanswered(one.told(failure, now)),
            (None, NoticeResult::Sent) => Noticed::Sent,
            (None, NoticeResult::SentBefore) => Noticed::SentBefore,
            (None, NoticeResult::NothingToSend) => Noticed::NothingToSend,
            (None, NoticeResult::Unspecified) => {
                Noticed::Unanswered(one.failed(&Status::internal("neither"), now))
            }
        }
    }
}

// === on the wire ===

impl TryFrom<api::SendNoticeRequest> for NoticeQuestion {
    type Error = CallError;

    /// Names everything that is wrong with it, not only the first.
    fn try_from(asked: api::SendNoticeRequest) -> Result<Self, CallError> {
        let mut wrong = Vec::new();
        let place = gathered(question::source(asked.scope, &asked.source), &mut wrong)?;
        let subject = release(asked.subject, &mut wrong);
        match place.zip(subject) {
            Some(((scope, source), subject)) if wrong.is_empty() => Ok(Self {
                scope,
                source,
                subject,
            }),
            Some(_) | None => Err(CallError::Invalid(wrong)),
        }
    }
}

impl From<Noticed> for api::SendNoticeResponse {
    fn from(noticed: Noticed) -> Self {
        let (result, failure) = match noticed {
            Noticed::Sent => (NoticeResult::Sent, None),
            Noticed::SentBefore => (NoticeResult::SentBefore, None),
            Noticed::NothingToSend => (NoticeResult::NothingToSend, None),
            Noticed::Unanswered(failure) => (NoticeResult::Unspecified, Some(failure)),
        };
        Self {
            result: result.into(),
            failure: failure.as_ref().map(proto::Failure::from),
        }
    }
}
