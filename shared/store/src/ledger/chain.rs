//! Linking entries to a chain, and finding where one is broken. Without a database: entries may come
//! from an export as well.
//!
//! The hash of an entry is SHA-256 over these, one after the other. A number is 8 bytes, the highest
//! first; a text or a body stands behind its length, such a number; what may be absent is one byte 0,
//! or one byte 1 and then itself.
//!
//! | part | as |
//! |---|---|
//! | `passport-mesh ledger entry v1` and a zero byte | 30 bytes |
//! | workspace | text |
//! | sequence | number |
//! | hash of the entry before it (zeros before the first) | 32 bytes |
//! | id | 16 bytes |
//! | kind, by its word | text |
//! | service | text |
//! | environment | text |
//! | id of the entry that it speaks of | 16 bytes, may be absent |
//! | digest of the release | 32 bytes, may be absent |
//! | time, in nanoseconds since 1970 (two's complement) | number |
//! | body | bytes behind their length |
//!
//! The seal of a head is over `passport-mesh ledger head v1`, a zero byte, workspace, sequence, hash
//! and time, in the same manner.

mod broken;
mod walk;

use chrono::{DateTime, Utc};
use passport_evidence::WorkspaceId;
use sha2::{Digest as _, Sha256};

use super::{Entry, Head, NewEntry, Sealer, Verifier};
use crate::instant::{nanoseconds, time};

pub use broken::{Broken, Reason};
pub use walk::{Verified, Walk};

/// Stands for the hash before the first entry.
pub const BEFORE_THE_FIRST: [u8; 32] = [0; 32];

const ENTRY: &[u8] = b"passport-mesh ledger entry v1\0";
const HEAD: &[u8] = b"passport-mesh ledger head v1\0";

/// Where the next entry of a chain goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct End {
    /// Place of the newest entry; 0 where there is none.
    pub sequence: u64,
    /// Its hash.
    pub hash: [u8; 32],
}

/// Parts of what is hashed or sealed, one after the other.
struct Parts<S>(S);

trait Sink {
    fn put(&mut self, bytes: &[u8]);
}

/// Checks a whole chain: its entries in their order, its head, and that it goes on from a checkpoint.
///
/// # Errors
/// The first place where it is broken.
pub fn verify<'a>(
    workspace: &WorkspaceId,
    entries: impl IntoIterator<Item = &'a Entry>,
    head: Option<&Head>,
    checkpoint: Option<&Head>,
    verifier: &dyn Verifier,
) -> Result<Verified, Broken> {
    let mut walk = Walk::begin(workspace, checkpoint, verifier)?;
    for entry in entries {
        walk.step(entry)?;
    }
    walk.end(head, verifier)
}

/// The hash that an entry should have.
pub fn entry_hash(entry: &Entry) -> [u8; 32] {
    let mut parts = Parts(Sha256::new());
    parts.put(ENTRY);
    parts.bytes(entry.scope.workspace.as_str().as_bytes());
    parts.number(entry.sequence);
    parts.put(&entry.previous);
    parts.put(entry.id.as_bytes());
    parts.bytes(entry.kind.word().as_bytes());
    parts.bytes(entry.scope.service.as_str().as_bytes());
    parts.bytes(entry.scope.environment.as_str().as_bytes());
    parts.option(entry.about.as_ref().map(|id| id.as_bytes().as_slice()));
    parts.option(entry.subject.as_ref().map(<[u8; 32]>::as_slice));
    parts.time(entry.at);
    parts.bytes(&entry.body);
    parts.0.finalize().into()
}

/// What a head's seal is over.
pub fn head_message(head: &Head) -> Vec<u8> {
    message(&head.workspace, head.sequence, &head.hash, head.at)
}

fn message(workspace: &WorkspaceId, sequence: u64, hash: &[u8; 32], at: DateTime<Utc>) -> Vec<u8> {
    let mut parts = Parts(Vec::new());
    parts.put(HEAD);
    parts.bytes(workspace.as_str().as_bytes());
    parts.number(sequence);
    parts.put(hash);
    parts.time(at);
    parts.0
}

/// Puts an entry at the end of a chain, which then ends with it.
pub(crate) fn link(end: &mut End, new: &NewEntry) -> Entry {
    let mut entry = Entry {
        sequence: end.sequence.saturating_add(1),
        previous: end.hash,
        hash: BEFORE_THE_FIRST,
        id: new.id,
        kind: new.kind,
        scope: new.scope.clone(),
        about: new.about,
        subject: new.subject,
        at: time(nanoseconds(new.at)),
        body: new.body.clone(),
    };
    entry.hash = entry_hash(&entry);
    *end = End {
        sequence: entry.sequence,
        hash: entry.hash,
    };
    entry
}

/// The head of a chain that ends with this entry.
pub(crate) fn seal(newest: &Entry, sealer: &dyn Sealer) -> Head {
    let workspace = &newest.scope.workspace;
    let message = message(workspace, newest.sequence, &newest.hash, newest.at);
    Head {
        workspace: workspace.clone(),
        sequence: newest.sequence,
        hash: newest.hash,
        at: newest.at,
        seal: sealer.seal(&message),
    }
}

// === impl Parts ===

impl<S: Sink> Parts<S> {
    fn put(&mut self, bytes: &[u8]) {
        self.0.put(bytes);
    }

    fn number(&mut self, number: u64) {
        self.put(&number.to_be_bytes());
    }

    fn time(&mut self, at: DateTime<Utc>) {
        self.put(&nanoseconds(at).to_be_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.put(bytes);
    }

    fn option(&mut self, bytes: Option<&[u8]>) {
        self.put(&[u8::from(bytes.is_some())]);
        self.put(bytes.unwrap_or_default());
    }
}

impl Sink for Sha256 {
    fn put(&mut self, bytes: &[u8]) {
        self.update(bytes);
    }
}

impl Sink for Vec<u8> {
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

#[cfg(test)]
mod tests;
