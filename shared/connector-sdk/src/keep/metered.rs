//! What is kept takes time, and fails: both are counted.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use passport_evidence::SourceId;
use tokio::time::Instant;

use super::{KeepError, Keeper, Keeping};
use crate::{
    kind::{Accepted, Kept},
    meters::meters,
};

const KEEP: &str = "keep";
const TAKEN: &str = "taken";
const KEPT: &str = "kept";
const CHECK: &str = "check";

/// Keeps as another keeper does, and counts for the collector.
pub(crate) struct MeteredKeeper {
    collector: &'static str,
    inner: Arc<dyn Keeper>,
}

/// A delivery that waits until it is kept, whoever gives up waiting for it.
struct Waiting(&'static str);

// === impl MeteredKeeper ===

impl MeteredKeeper {
    pub fn new(collector: &'static str, inner: Arc<dyn Keeper>) -> Self {
        meters().expect_store(collector, &[KEEP, TAKEN, KEPT, CHECK]);
        Self { collector, inner }
    }

    async fn timed<T>(
        &self,
        operation: &'static str,
        work: impl Future<Output = Result<T, KeepError>>,
    ) -> Result<T, KeepError> {
        let begun = Instant::now();
        let done = work.await;
        meters().store_took(self.collector, operation, begun.elapsed());
        // A source that is full was answered by its store as it should be.
        if let Err(KeepError::Unavailable { .. }) = &done {
            meters().store_failed(1, self.collector, operation);
        }
        done
    }
}

#[async_trait]
impl Keeper for MeteredKeeper {
    fn is_durable(&self) -> bool {
        self.inner.is_durable()
    }

    async fn keep(
        &self,
        source: &SourceId,
        accepted: &Accepted,
        received_at: DateTime<Utc>,
    ) -> Result<Keeping, KeepError> {
        let _waiting = Waiting::of(self.collector);
        let keep = self.inner.keep(source, accepted, received_at);
        self.timed(KEEP, keep).await
    }

    async fn taken(&self, source: &SourceId) -> Result<u64, KeepError> {
        self.timed(TAKEN, self.inner.taken(source)).await
    }

    async fn check(&self) -> Result<(), KeepError> {
        self.timed(CHECK, self.inner.check()).await
    }

    async fn kept(&self, source: &SourceId, now: DateTime<Utc>) -> Result<Kept, KeepError> {
        self.timed(KEPT, self.inner.kept(source, now)).await
    }
}

// === impl Waiting ===

impl Waiting {
    fn of(collector: &'static str) -> Self {
        meters().store_waiting(collector, 1);
        Self(collector)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        meters().store_waiting(self.0, -1);
    }
}
