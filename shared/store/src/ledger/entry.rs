//! Entries of the ledger.

use std::{fmt, hash::Hash};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use passport_evidence::Scope;
use uuid::Uuid;

use super::LedgerRefusal;
use crate::writer::Written;

/// Most bytes of a body.
const MOST: usize = 16 * 1024 * 1024;

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EntryKind {
    /// A gate was evaluated.
    Passport,
    /// A passport no longer holds.
    PassportRevoked,
    /// Somebody accepts a fact for a time.
    Waiver,
    /// A second person agrees to a waiver.
    WaiverConfirmed,
    /// A waiver no longer holds.
    WaiverRevoked,
    /// Somebody approved a release.
    Approval,
    /// An approval no longer holds.
    ApprovalRevoked,
    /// Older entries were removed. Only [`Ledger::cut`](super::Ledger::cut) makes it.
    Cut,
}

/// An entry to be added.
#[derive(Clone, PartialEq, Eq)]
pub struct NewEntry {
    /// Unique in its workspace. Of version 7, ids sort by time.
    pub id: Uuid,
    /// What it is.
    pub kind: EntryKind,
    /// Whose it is: the chain is that of the workspace.
    pub scope: Scope,
    /// The passport, waiver or approval that it speaks of.
    pub about: Option<Uuid>,
    /// Digest of the release, by which its waivers and passports are found.
    pub subject: Option<[u8; 32]>,
    /// When it came to be.
    pub at: DateTime<Utc>,
    /// What it says.
    pub body: Bytes,
}

/// An entry in its place in the chain.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its place: 1, 2, 3… in its workspace, without gap.
    pub sequence: u64,
    /// Hash of the entry before it; zeros before the first.
    pub previous: [u8; 32],
    /// Over all that it is, see [`chain`](super::chain).
    pub hash: [u8; 32],
    /// Unique in its workspace.
    pub id: Uuid,
    /// What it is.
    pub kind: EntryKind,
    /// Whose it is. A cut has the scope of the newest entry that it removed.
    pub scope: Scope,
    /// The passport, waiver or approval that it speaks of.
    pub about: Option<Uuid>,
    /// Digest of the release.
    pub subject: Option<[u8; 32]>,
    /// When it came to be, to the nanosecond.
    pub at: DateTime<Utc>,
    /// What it says.
    pub body: Bytes,
}

// === impl EntryKind ===

impl EntryKind {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Passport,
        Self::PassportRevoked,
        Self::Waiver,
        Self::WaiverConfirmed,
        Self::WaiverRevoked,
        Self::Approval,
        Self::ApprovalRevoked,
        Self::Cut,
    ];

    /// Its word in the database, in hashes and in exports. Never changes.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Passport => "passport",
            Self::PassportRevoked => "passport_revoked",
            Self::Waiver => "waiver",
            Self::WaiverConfirmed => "waiver_confirmed",
            Self::WaiverRevoked => "waiver_revoked",
            Self::Approval => "approval",
            Self::ApprovalRevoked => "approval_revoked",
            Self::Cut => "cut",
        }
    }

    /// The kind with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

// === impl NewEntry ===

impl NewEntry {
    /// Refuses what no chain takes.
    pub(super) fn check(&self) -> Result<(), LedgerRefusal> {
        if self.kind == EntryKind::Cut {
            return Err(LedgerRefusal::OnlyByCut);
        }
        if self.body.len() > MOST {
            return Err(LedgerRefusal::TooLarge);
        }
        Ok(())
    }
}

impl Written for NewEntry {
    type Done = Entry;

    /// A workspace has one writer in a process: two would only wait for each other.
    fn line(&self) -> &impl Hash {
        &self.scope.workspace
    }

    fn bytes(&self) -> usize {
        self.body.len()
    }
}

impl fmt::Debug for NewEntry {
    /// Not its body: it may hold people's words.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewEntry")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .field("scope", &self.scope)
            .field("about", &self.about)
            .field("at", &self.at)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

// === impl Entry ===

impl fmt::Debug for Entry {
    /// Not its body: it may hold people's words.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("sequence", &self.sequence)
            .field("hash", &hex::encode(self.hash))
            .field("id", &self.id)
            .field("kind", &self.kind)
            .field("scope", &self.scope)
            .field("about", &self.about)
            .field("at", &self.at)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
