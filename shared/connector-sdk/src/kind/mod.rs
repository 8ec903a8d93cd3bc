//! What a connector is.

mod builder;
mod notice;
mod observation;
mod push;
mod question;
mod sending;

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use passport_evidence::{Descriptor, FailureCode, Subject};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::{Instant, sleep};

use crate::detect::Detect;
pub use builder::{Builder, Dial, Machine, SourceContext, Trust};
pub use notice::{Notice, NoticeClient, NoticeState, Noticed, Unanswered};
pub use observation::{CollectError, Observation};
pub(crate) use push::only;
pub use push::{Accepted, Delivery, Kept, Record, Rejected, SenderReply};
pub use question::{Answer, AnsweringClient, Question, Word};
pub use sending::Sending;

// === impl CollectRequest ===

impl CollectRequest {
    /// Waits before something is asked again. `false`, and at once: no time would be left for an answer.
    pub async fn pause(&self, wait: Duration) -> bool {
        let is_in_time = Instant::now() + wait < self.deadline;
        if is_in_time {
            sleep(wait).await;
        }
        is_in_time
    }
}

/// A kind of connector: what it says of itself, its settings, and how a source is built from them.
pub trait ConnectorKind: 'static {
    /// What stands under one source, less the keys that mean the same everywhere. Rejects unknown
    /// keys.
    type Settings: DeserializeOwned + JsonSchema;

    /// What is true of it wherever it runs.
    const DESCRIPTOR: Descriptor;

    /// Finds candidates for sources in the files of a repository; there if the descriptor names
    /// [`Capability::Detect`](passport_evidence::Capability::Detect).
    const DETECT: Option<Detect> = None;

    /// Checks everything and touches no network. Every problem goes to the builder; `None` only
    /// after at least one did.
    fn build(settings: Self::Settings, builder: &mut Builder<'_>) -> Option<Box<dyn Connector>>;
}

/// A source at work. It neither retries, caches, limits, logs secrets nor reads the clock.
#[async_trait]
pub trait Connector: Send + Sync + 'static {
    /// Asks the provider, or reads what was kept, and says what was found.
    async fn collect(
        &self,
        request: &CollectRequest,
        kept: &Kept,
    ) -> Result<Observation, CollectError>;

    /// Finds out whether the credential works and how broad it is. Reads only.
    async fn check(&self, request: &CollectRequest) -> Result<Observation, CollectError>;

    /// Judges a delivery: what to keep of it and what to answer. Pure; the keeping is done for it.
    fn accept(&self, delivery: &Delivery) -> Result<Accepted, Rejected> {
        let _ = delivery;
        Err(Rejected::not_supported())
    }

    /// What a delivery that was taken asks, where its sender waits for an answer. Pure.
    fn question(&self, delivery: &Delivery) -> Option<Question> {
        let _ = delivery;
        None
    }

    /// Tells the provider the answer to a question of this source. This and [`Connector::notify`] are all
    /// that a connector ever changes anywhere.
    async fn answer(
        &self,
        handle: &[u8],
        answer: &Answer,
        sending: &Sending<'_>,
    ) -> Result<(), CollectError> {
        let _ = (handle, answer, sending);
        Err(CollectError::new(FailureCode::NotSupported))
    }

    /// What the source would send about a release; `None` where it is not configured to send anything, or
    /// nothing is known of the release that one could send. Pure.
    fn notice(&self, subject: &Subject) -> Option<Notice> {
        let _ = subject;
        None
    }

    /// Sends what [`Connector::notice`] spoke of, and gives what is to be kept of the answer, a refusal
    /// too. It is called once for a release, by one of all replicas, and again only after nothing went out.
    /// What came of it is shown to collections by [`Kept::noticed`].
    async fn notify(&self, subject: &Subject, sending: &Sending<'_>) -> Result<Value, Unanswered> {
        let _ = (subject, sending);
        let error = CollectError::new(FailureCode::NotSupported);
        Err(Unanswered::unsent(error))
    }
}

/// What one collection is for.
#[derive(Debug, Clone)]
pub struct CollectRequest {
    /// The moment before asking, by the collector's clock.
    pub now: DateTime<Utc>,
    /// What is being released.
    pub subject: Option<Subject>,
    /// When the answer is of no more use.
    pub deadline: Instant,
}
