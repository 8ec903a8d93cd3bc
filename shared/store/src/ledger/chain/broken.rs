//! Where a chain is broken.

/// The first place where a chain is not what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the ledger is broken at entry {sequence}: {reason}")]
pub struct Broken {
    /// The entry, or the place where one should be.
    pub sequence: u64,
    /// What is wrong there.
    pub reason: Reason,
}

/// What is wrong with a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Reason {
    /// The entry can't be read.
    #[error("it is not what any version writes")]
    Unreadable,
    /// The entry is another workspace's.
    #[error("it belongs to another workspace")]
    OtherWorkspace,
    /// The entry isn't the one that should come here.
    #[error("it is missing, or not in its place")]
    Gap,
    /// The entry does not follow the one before it.
    #[error("it does not follow the entry before it")]
    PreviousDiffers,
    /// The entry is not what it was.
    #[error("its content is not what its hash says")]
    HashDiffers,
    /// The entry and those before it are missing, and the newest cut does not say so.
    #[error("the chain begins after it, and its newest cut does not say so")]
    CutNotSealed,
    /// What an entry says of a cut can't be, or is not written as cuts are.
    #[error("it names a cut that was not made there")]
    CutDiffers,
    /// There are entries and no head.
    #[error("the chain has no head")]
    HeadMissing,
    /// An export ends before the line of its head.
    #[error("the export ends before its last line, so that it is not the whole of it")]
    CutOff,
    /// An export goes on after the line of its head.
    #[error("something stands after the head that the export ends with")]
    AfterTheHead,
    /// The head can't be read.
    #[error("the head is not what any version writes")]
    HeadUnreadable,
    /// The head isn't that of the newest entry.
    #[error("the head is that of another entry")]
    HeadDiffers,
    /// No trusted key sealed the head.
    #[error("no trusted key sealed the head")]
    SealInvalid,
    /// The checkpoint is another workspace's, or no trusted key sealed it.
    #[error("the checkpoint is not one of this workspace that a trusted key sealed")]
    CheckpointInvalid,
    /// The checkpoint's entry is not in the chain: newest ones were removed, or it was written anew.
    #[error("the checkpoint is not on this chain: it was shortened, or written anew")]
    NotOnChain,
    /// The checkpoint's entry was removed by a cut: nothing can be said against it.
    #[error("the checkpoint is older than the cut; use a newer one")]
    CheckpointCutAway,
}

// === impl Reason ===

impl Reason {
    /// A stable code for machines.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unreadable => "UNREADABLE",
            Self::OtherWorkspace => "OTHER_WORKSPACE",
            Self::Gap => "GAP",
            Self::PreviousDiffers => "PREVIOUS_DIFFERS",
            Self::HashDiffers => "HASH_DIFFERS",
            Self::CutNotSealed => "CUT_NOT_SEALED",
            Self::CutDiffers => "CUT_DIFFERS",
            Self::HeadMissing => "HEAD_MISSING",
            Self::CutOff => "CUT_OFF",
            Self::AfterTheHead => "AFTER_THE_HEAD",
            Self::HeadUnreadable => "HEAD_UNREADABLE",
            Self::HeadDiffers => "HEAD_DIFFERS",
            Self::SealInvalid => "SEAL_INVALID",
            Self::CheckpointInvalid => "CHECKPOINT_INVALID",
            Self::NotOnChain => "CHECKPOINT_NOT_ON_CHAIN",
            Self::CheckpointCutAway => "CHECKPOINT_CUT_AWAY",
        }
    }
}
