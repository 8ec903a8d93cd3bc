//! Permission to change something at a provider.

use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::time::Instant;

use super::CollectRequest;

/// Permission to send an answer or a notice. Only the collector's server has one, and only while it hands
/// either to a connector: neither a collection nor a check can send anything.
#[derive(Debug)]
pub struct Sending<'a> {
    pub(super) request: &'a CollectRequest,
}

// === impl Sending ===

impl<'a> Sending<'a> {
    pub(crate) fn within(request: &'a CollectRequest) -> Self {
        Self { request }
    }

    /// The moment before sending, by the collector's clock.
    pub fn now(&self) -> DateTime<Utc> {
        self.request.now
    }

    /// When what comes of it is of no more use.
    pub fn deadline(&self) -> Instant {
        self.request.deadline
    }

    /// Waits before it is tried again. `false`, and at once: no time would be left for that.
    pub async fn pause(&self, wait: Duration) -> bool {
        self.request.pause(wait).await
    }
}
