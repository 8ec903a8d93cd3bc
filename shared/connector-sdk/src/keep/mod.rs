//! Where deliveries are kept.

mod durable;
mod memory;
mod metered;
mod notices;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use passport_evidence::SourceId;
use passport_store::StoreError;

use crate::kind::{Accepted, Kept};
pub use durable::DurableKeeper;
pub use memory::MemoryKeeper;
pub(crate) use metered::MeteredKeeper;
pub(crate) use notices::Try;
pub use notices::{Notices, answered_before};

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeping {
    /// Kept.
    New,
    /// Was here before.
    Duplicate,
}

/// Why a delivery can't be kept, or what is kept not be read, now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeepError {
    /// As much is kept for the source as may be. Nothing that was acknowledged is dropped for it.
    #[error("as much is kept for this source as may be; send it again when some has expired")]
    Full,
    /// The place where deliveries are kept does not answer.
    #[error("deliveries can be neither kept nor read at the moment ({code})")]
    Unavailable {
        /// Stable code of the reason.
        code: &'static str,
    },
}

/// Keeps deliveries by full source id.
#[async_trait]
pub trait Keeper: Send + Sync + 'static {
    /// Whether what is kept outlives the process.
    fn is_durable(&self) -> bool;

    /// Keeps a delivery once: the same key again changes nothing.
    async fn keep(
        &self,
        source: &SourceId,
        accepted: &Accepted,
        received_at: DateTime<Utc>,
    ) -> Result<Keeping, KeepError>;

    /// How many deliveries the source has taken, by whichever process: what was made of what is
    /// kept is of no more use when it changes.
    async fn taken(&self, source: &SourceId) -> Result<u64, KeepError>;

    /// Whether deliveries can be kept now.
    async fn check(&self) -> Result<(), KeepError>;

    /// What is kept for a source and still of use.
    async fn kept(&self, source: &SourceId, now: DateTime<Utc>) -> Result<Kept, KeepError>;
}

/// From when on a delivery is of no more use.
fn until(received_at: DateTime<Utc>, accepted: &Accepted) -> DateTime<Utc> {
    received_at
        .checked_add_signed(accepted.keep_for)
        .unwrap_or(DateTime::<Utc>::MAX_UTC)
}

// === impl KeepError ===

impl From<StoreError> for KeepError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Full => Self::Full,
            StoreError::Unreachable
            | StoreError::Refused { .. }
            | StoreError::Location(_)
            | StoreError::File { .. }
            | StoreError::Unreadable
            | StoreError::Ledger(_)
            | StoreError::Ending => Self::Unavailable { code: error.code() },
        }
    }
}
