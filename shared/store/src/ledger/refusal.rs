//! What the ledger does not do.

/// Why an entry was not added, or entries were not given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum LedgerRefusal {
    /// The workspace has an entry with this id, or the id was given twice at once.
    #[error("an entry with this id is in the ledger; nothing was changed")]
    Doubled,
    /// The body is too long.
    #[error("the entry has more than 16 MiB; keep less of it")]
    TooLarge,
    /// Only a cut itself says that it was made.
    #[error("an entry of this kind is only made by a cut")]
    OnlyByCut,
    /// A cut keeps at least the newest entry.
    #[error("the ledger is not that long; cut before its newest entry")]
    CutTooFar,
    /// What is broken is not cut: nobody would find it any more.
    #[error("the ledger is broken where it would be cut; verify it first")]
    CutBroken,
    /// Some would have to be left out, and it matters which.
    #[error("more than 500 entries speak of this, and some of them alone could mislead")]
    TooMany,
    /// What is left can't be put together with what was read before.
    #[error("entries were removed while they were read; read them again from the beginning")]
    CutMeanwhile,
}

// === impl LedgerRefusal ===

impl LedgerRefusal {
    /// A stable code for machines.
    pub fn code(self) -> &'static str {
        match self {
            Self::Doubled => "LEDGER_ENTRY_DOUBLED",
            Self::TooLarge => "LEDGER_ENTRY_TOO_LARGE",
            Self::OnlyByCut => "LEDGER_ONLY_BY_CUT",
            Self::CutTooFar => "LEDGER_CUT_TOO_FAR",
            Self::CutBroken => "LEDGER_CUT_BROKEN",
            Self::TooMany => "LEDGER_TOO_MANY",
            Self::CutMeanwhile => "LEDGER_CUT_MEANWHILE",
        }
    }
}
