//! Notices about releases, each sent once.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use passport_evidence::{Failure, FailureCode, SourceId, Subject};
use tokio::time::{Instant, timeout_at};
use tracing::Instrument as _;

use super::{CollectorServer, Inner, Running, answer};
use crate::{
    keep::{KeepError, Keeping, Notices, Try},
    kind::{CollectError, CollectRequest, NoticeState, Sending, Unanswered},
};

/// Kept back from the deadline, to write down how it ended.
const TO_WRITE: std::time::Duration = std::time::Duration::from_millis(500);

/// What became of the wish to send a notice.
#[derive(Debug, Clone, PartialEq)]
pub enum Sent {
    /// The provider answered.
    Now,
    /// It was sent before, or is being sent, or may have been.
    Before,
    /// The source has none to send for this release.
    Nothing,
    /// There was no answer.
    Not(Failure),
}

impl CollectorServer {
    /// Sends the notice of a source about a release, if none was sent yet; `None`: there is no such source.
    pub async fn notify(
        &self,
        source: &SourceId,
        subject: Subject,
        deadline: Instant,
    ) -> Option<Sent> {
        let running = self.find(source)?;
        Some(self.0.notify(running, subject, deadline).await)
    }
}

impl Inner {
    /// Sends the notice of a source about a release, if none was sent yet. In a task of its own: a caller who
    /// leaves must not come between sending and writing down what came of it.
    pub(super) async fn notify(
        self: &Arc<Self>,
        running: &Arc<Running>,
        subject: Subject,
        deadline: Instant,
    ) -> Sent {
        let span = tracing::info_span!(
            "send notice",
            connector = running.source.descriptor.id,
            source = %running.source.id,
        );
        let (inner, to) = (Arc::clone(self), Arc::clone(running));
        let task = async move { inner.notify_once(&to, &subject, deadline).await };
        let sent = tokio::spawn(task.instrument(span)).await;
        // A panic of the connector leaves the notice begun: it may have been sent.
        let sent = sent.unwrap_or(Err(CollectError::new(FailureCode::Internal)));
        sent.unwrap_or_else(|error| Sent::Not(answer::failure(running, error)))
    }

    async fn notify_once(
        &self,
        running: &Running,
        subject: &Subject,
        deadline: Instant,
    ) -> Result<Sent, CollectError> {
        let Some(notice) = running.source.connector.notice(subject) else {
            return Ok(Sent::Nothing);
        };
        let now = self.clock.now();
        let Some(this) = self.due(running, subject, now).await? else {
            return Ok(Sent::Before);
        };
        let note = |state| this.is(&state, notice.keep_for);
        let begun = note(NoticeState::Begun);
        match self.keeper.keep(&running.source.id, &begun, now).await {
            Ok(Keeping::New) => {}
            Ok(Keeping::Duplicate) => return Ok(Sent::Before),
            Err(error) => return Err(unwritten(running, &error)),
        }
        let answer = self.hand_over(running, subject, now, deadline).await;
        let state = match &answer {
            Ok(said) => NoticeState::Answered(said.clone()),
            Err(unanswered) => unanswered.state(),
        };
        self.write(running, &this, &state, notice.keep_for).await?;
        match answer {
            Ok(_) => {
                running.status.worked(now);
                Ok(Sent::Now)
            }
            Err(unanswered) => {
                running.status.failed(now, unanswered.error.code);
                Err(unanswered.error)
            }
        }
    }

    async fn due(
        &self,
        running: &Running,
        subject: &Subject,
        now: DateTime<Utc>,
    ) -> Result<Option<Try>, CollectError> {
        let kept = self.keeper.kept(&running.source.id, now).await;
        let kept = kept.map_err(|error| unwritten(running, &error))?;
        Ok(Notices::sorted_out(kept).notices.due(subject))
    }

    async fn hand_over(
        &self,
        running: &Running,
        subject: &Subject,
        now: DateTime<Utc>,
        deadline: Instant,
    ) -> Result<serde_json::Value, Unanswered> {
        let deadline = deadline.checked_sub(TO_WRITE).unwrap_or(deadline);
        let request = CollectRequest {
            now,
            subject: Some(subject.clone()),
            deadline,
        };
        let sending = Sending::within(&request);
        let sent = running.source.connector.notify(subject, &sending);
        let late = |_| Unanswered::uncertain(CollectError::new(FailureCode::TimedOut));
        timeout_at(deadline, sent).await.map_err(late)?
    }

    /// Where this can't be written down, the notice stays begun, and is not sent again.
    async fn write(
        &self,
        running: &Running,
        of: &Try,
        state: &NoticeState,
        keep_for: TimeDelta,
    ) -> Result<(), CollectError> {
        let (over, now) = (of.is(state, keep_for), self.clock.now());
        let kept = self.keeper.keep(&running.source.id, &over, now).await;
        kept.map(|_| ()).map_err(|error| unwritten(running, &error))
    }
}

fn unwritten(running: &Running, error: &KeepError) -> CollectError {
    tracing::error!(%error, source = %running.source.id, "what becomes of a notice can't be kept");
    CollectError::unread()
}

// === impl Unanswered ===

impl Unanswered {
    fn state(&self) -> NoticeState {
        match self.may_have_arrived {
            true => NoticeState::Uncertain(self.error.code),
            false => NoticeState::Unsent(self.error.code),
        }
    }
}
