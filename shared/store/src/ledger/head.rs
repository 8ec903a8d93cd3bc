//! The newest entry of a chain, sealed.

use chrono::{DateTime, Utc};
use passport_evidence::WorkspaceId;

/// The newest entry of a workspace's chain, sealed. Kept elsewhere, it is a checkpoint, against which
/// it is found that entries were removed from the end, or that a chain was written anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Whose chain it is.
    pub workspace: WorkspaceId,
    /// Place of the newest entry.
    pub sequence: u64,
    /// Its hash.
    pub hash: [u8; 32],
    /// When it came to be.
    pub at: DateTime<Utc>,
    /// The gateway's word for it.
    pub seal: Seal,
}

/// A signature over a head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// Says with which key.
    pub key_id: String,
    /// Over [`chain::head_message`](super::chain::head_message).
    pub signature: Vec<u8>,
}

/// Signs heads. The key is the gateway's: the store never sees it.
pub trait Sealer: Send + Sync {
    /// Signs a message. Called by a writer for each workspace of a transaction: takes well below a
    /// millisecond, and waits for nobody.
    fn seal(&self, message: &[u8]) -> Seal;
}

/// Knows which keys are trusted.
pub trait Verifier: Send + Sync {
    /// Whether a key that the seal names, and that was trusted at the time when it was made, signed the
    /// message.
    fn verify(&self, seal: &Seal, message: &[u8], made: DateTime<Utc>) -> bool;
}
