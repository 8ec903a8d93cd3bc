//! Reading a chain from its beginning, to be kept elsewhere.

use passport_evidence::WorkspaceId;
use sea_orm::{ColumnTrait as _, QueryFilter as _, QueryOrder as _};

use super::{
    Entry, Head, Ledger, LedgerRefusal,
    read::{of, read},
    verify::places,
};
use crate::{StoreError, entities::ledger_entry::Column};

// === impl Ledger ===

impl Ledger {
    /// The head of a chain and its oldest entries, for whoever reads on with
    /// [`following`](Self::following) up to that head: no cut came between the two. None before the
    /// first entry.
    ///
    /// # Errors
    /// As of [`following`](Self::following).
    pub async fn beginning(
        &self,
        workspace: &WorkspaceId,
    ) -> Result<Option<(Head, Vec<Entry>)>, StoreError> {
        let oldest = self.following(workspace, 0).await?;
        let head = self.head(workspace).await?.filter(|it| it.sequence > 0);
        let Some(head) = head else {
            // Entries whose head is gone are no empty chain.
            return match oldest.is_empty() {
                true => Ok(None),
                false => Err(StoreError::Unreadable),
            };
        };
        if let Some(first) = oldest.first()
            && !self.has_one_until(workspace, first.sequence).await?
        {
            return Err(LedgerRefusal::CutMeanwhile.into());
        }
        Ok(Some((head, oldest)))
    }

    /// The entries that come after a place, oldest first: a page of them, with no more than 256 entries
    /// and 8 MiB, or one that is larger. None where there are no more. From 0, the chain from its
    /// beginning; it does not hold up those who add to it.
    ///
    /// # Errors
    /// Entries after the place were removed by a cut since it was read
    /// ([`LedgerRefusal::CutMeanwhile`]), or they can't be read.
    pub async fn following(
        &self,
        workspace: &WorkspaceId,
        after: u64,
    ) -> Result<Vec<Entry>, StoreError> {
        let from = i64::try_from(after).map_err(|_| StoreError::Unreadable)?;
        let places = places(workspace, from, &self.db).await?;
        let (Some(first), Some(last)) = (places.first(), places.last()) else {
            return Ok(Vec::new());
        };
        let page = of(workspace)
            .filter(Column::Sequence.between(*first, *last))
            .order_by_asc(Column::Sequence);
        let entries = read(page, &self.db).await?;
        match after > 0 && self.was_cut(workspace, after, &entries).await? {
            true => Err(LedgerRefusal::CutMeanwhile.into()),
            false => Ok(entries),
        }
    }

    /// Whether a page lacks entries because nothing that is older is left. A gap within a chain is no
    /// cut: whoever verifies the chain finds it.
    async fn was_cut(
        &self,
        workspace: &WorkspaceId,
        after: u64,
        page: &[Entry],
    ) -> Result<bool, StoreError> {
        let follows = page.first().is_some_and(|it| it.sequence == after + 1);
        match follows {
            true => Ok(false),
            false => Ok(!self.has_one_until(workspace, after).await?),
        }
    }

    async fn has_one_until(&self, workspace: &WorkspaceId, place: u64) -> Result<bool, StoreError> {
        let place = i64::try_from(place).map_err(|_| StoreError::Unreadable)?;
        let older = of(workspace).filter(Column::Sequence.lte(place));
        Ok(older.one(&self.db).await?.is_some())
    }
}
