//! Providers that ask for fewer requests, and mean moments.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{ProviderClient, ReadError};
use crate::kind::CollectRequest;

/// Most that is added to a wait that a provider asked for.
const JITTER: Duration = Duration::from_millis(250);

// === impl ProviderClient: waiting ===

impl ProviderClient {
    /// Waits where a request was throttled, and gives the moment at which it is sent once more; `None`: it is not,
    /// for want of patience or of time.
    pub(super) async fn patient_until(
        &self,
        error: Option<&ReadError>,
        collect: &CollectRequest,
    ) -> Option<CollectRequest> {
        let Some(ReadError::Throttled { retry_at }) = error else {
            return None;
        };
        let wait = self.patience_for(*retry_at, collect)?;
        collect.pause(wait).await.then(|| CollectRequest {
            now: collect.now + wait,
            ..collect.clone()
        })
    }

    /// How long to wait, so that not all who wait come back at one moment.
    fn patience_for(
        &self,
        retry_at: Option<DateTime<Utc>>,
        collect: &CollectRequest,
    ) -> Option<Duration> {
        let patience = self.patience?;
        let wait = match retry_at {
            Some(at) => (at - collect.now).to_std().unwrap_or_default(),
            None => patience,
        };
        Some(wait + rand::random_range(Duration::ZERO..JITTER))
    }

    /// The same client, which waits once where it is asked for fewer requests: until the end of the window,
    /// in milliseconds, or as `Retry-After` says, whichever is later; this long where neither is told; and not
    /// at all where no time would be left for an answer. For providers whose windows are short.
    #[must_use]
    pub fn patient(self, without_a_time: Duration) -> Self {
        Self {
            patience: Some(without_a_time),
            ..self
        }
    }
}
