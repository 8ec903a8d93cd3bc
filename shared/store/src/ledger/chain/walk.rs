//! A walk along a chain, entry by entry.

use passport_evidence::WorkspaceId;

use super::{BEFORE_THE_FIRST, Broken, End, Reason, entry_hash, head_message};
use crate::ledger::{Entry, EntryKind, Head, Verifier, cut::CutBody};

/// A walk along a chain, from its oldest entry to its newest. Holds no entries.
#[derive(Debug)]
pub struct Walk {
    workspace: WorkspaceId,
    checkpoint: Option<Head>,
    /// What came before the first entry that was seen.
    begun_after: Option<End>,
    newest: Option<End>,
    /// What the newest cut says came before the first.
    cut: Option<End>,
}

/// A chain that is whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// How many entries it has.
    pub entries: u64,
    /// Place of the oldest; 0 where there is none. Above 1, older ones were cut off.
    pub oldest: u64,
    /// Place of the newest; 0 where there is none.
    pub newest: u64,
}

// === impl Walk ===

impl Walk {
    /// Begins before the oldest entry.
    ///
    /// # Errors
    /// The checkpoint is of no use.
    pub fn begin(
        workspace: &WorkspaceId,
        checkpoint: Option<&Head>,
        verifier: &dyn Verifier,
    ) -> Result<Self, Broken> {
        if let Some(head) = checkpoint
            && (head.workspace != *workspace || !is_sealed(head, verifier))
        {
            return broken(head.sequence, Reason::CheckpointInvalid);
        }
        Ok(Self {
            workspace: workspace.clone(),
            checkpoint: checkpoint.cloned(),
            begun_after: None,
            newest: None,
            cut: None,
        })
    }

    /// Place of the newest entry that was seen; 0 before the first.
    pub fn seen(&self) -> u64 {
        self.newest.map_or(0, |newest| newest.sequence)
    }

    /// Whether what was seen begins where this cut says, or with the first entry where there is none.
    pub(crate) fn begins_after(&self, cut: Option<End>) -> bool {
        let says = cut.unwrap_or(End {
            sequence: 0,
            hash: BEFORE_THE_FIRST,
        });
        self.begun_after.is_none_or(|it| it == says)
    }

    /// Takes the next entry.
    ///
    /// # Errors
    /// The chain is broken at it, or before it.
    pub fn step(&mut self, entry: &Entry) -> Result<(), Broken> {
        if entry.scope.workspace != self.workspace {
            return broken(entry.sequence, Reason::OtherWorkspace);
        }
        self.check_place(entry)?;
        if entry_hash(entry) != entry.hash {
            return broken(entry.sequence, Reason::HashDiffers);
        }
        self.check_checkpoint(entry)?;
        self.note_cut(entry)?;
        self.newest = Some(End {
            sequence: entry.sequence,
            hash: entry.hash,
        });
        Ok(())
    }

    /// Ends after the newest entry, with the head that the chain has.
    ///
    /// # Errors
    /// The end is broken, or the beginning is not what the newest cut says, or the checkpoint was not
    /// met.
    pub fn end(self, head: Option<&Head>, verifier: &dyn Verifier) -> Result<Verified, Broken> {
        self.check_head(head, verifier)?;
        self.check_beginning()?;
        self.check_checkpoint_was_met()?;
        let oldest = self
            .begun_after
            .map_or(0, |it| it.sequence.saturating_add(1));
        let newest = self.seen();
        Ok(Verified {
            entries: self.newest.map_or(0, |_| newest.abs_diff(oldest) + 1),
            oldest,
            newest,
        })
    }

    fn check_place(&mut self, entry: &Entry) -> Result<(), Broken> {
        let Some(newest) = self.newest else {
            return self.check_first(entry);
        };
        let expected = newest.sequence.saturating_add(1);
        if entry.sequence != expected {
            return broken(expected, Reason::Gap);
        }
        if entry.previous != newest.hash {
            return broken(expected, Reason::PreviousDiffers);
        }
        Ok(())
    }

    /// Whether something may be missing before it is known at the end.
    fn check_first(&mut self, entry: &Entry) -> Result<(), Broken> {
        let Some(before) = entry.sequence.checked_sub(1) else {
            return broken(0, Reason::Gap);
        };
        if before == 0 && entry.previous != BEFORE_THE_FIRST {
            return broken(1, Reason::PreviousDiffers);
        }
        self.begun_after = Some(End {
            sequence: before,
            hash: entry.previous,
        });
        Ok(())
    }

    fn check_checkpoint(&self, entry: &Entry) -> Result<(), Broken> {
        match &self.checkpoint {
            Some(head) if head.sequence == entry.sequence && head.hash != entry.hash => {
                broken(entry.sequence, Reason::NotOnChain)
            }
            Some(_) | None => Ok(()),
        }
    }

    /// A cut removes what came before it, and no less than the cut before it.
    fn note_cut(&mut self, entry: &Entry) -> Result<(), Broken> {
        if entry.kind != EntryKind::Cut {
            return Ok(());
        }
        let before = self.cut.map_or(0, |cut| cut.sequence);
        match CutBody::read(&entry.body) {
            Some(cut) if cut.sequence < entry.sequence && cut.sequence > before => {
                self.cut = Some(cut);
                Ok(())
            }
            Some(_) | None => broken(entry.sequence, Reason::CutDiffers),
        }
    }

    fn check_head(&self, head: Option<&Head>, verifier: &dyn Verifier) -> Result<(), Broken> {
        let Some(head) = head else {
            return match self.newest {
                None => Ok(()),
                Some(newest) => broken(newest.sequence, Reason::HeadMissing),
            };
        };
        let same = self.newest.is_some_and(|newest| {
            head.workspace == self.workspace
                && (head.sequence, head.hash) == (newest.sequence, newest.hash)
        });
        if !same {
            return broken(head.sequence.min(self.seen() + 1), Reason::HeadDiffers);
        }
        match is_sealed(head, verifier) {
            true => Ok(()),
            false => broken(head.sequence, Reason::SealInvalid),
        }
    }

    /// A chain begins with its first entry, or where its newest cut says.
    fn check_beginning(&self) -> Result<(), Broken> {
        let begun_after = self.begun_after.map_or(0, |it| it.sequence);
        match self.begins_after(self.cut) {
            true => Ok(()),
            false => broken(begun_after.max(1), Reason::CutNotSealed),
        }
    }

    fn check_checkpoint_was_met(&self) -> Result<(), Broken> {
        let Some(head) = &self.checkpoint else {
            return Ok(());
        };
        let place = head.sequence;
        let Some(begun_after) = self.begun_after else {
            return broken(place, Reason::NotOnChain);
        };
        if place > self.seen() || place == 0 {
            return broken(place, Reason::NotOnChain);
        }
        if place < begun_after.sequence {
            return broken(place, Reason::CheckpointCutAway);
        }
        match place == begun_after.sequence && head.hash != begun_after.hash {
            true => broken(place, Reason::NotOnChain),
            false => Ok(()),
        }
    }
}

fn is_sealed(head: &Head, verifier: &dyn Verifier) -> bool {
    verifier.verify(&head.seal, &head_message(head), head.at)
}

fn broken<T>(sequence: u64, reason: Reason) -> Result<T, Broken> {
    Err(Broken { sequence, reason })
}
