//! Removing entries for their age.

use chrono::{DateTime, Utc};
use passport_evidence::WorkspaceId;
use sea_orm::{ColumnTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Select};

use super::{
    EntryKind, Ledger, LedgerRefusal, Seal, Verifier,
    chain::{End, Walk},
    cut::CutBody,
    read::{of, read},
};
use crate::{
    StoreError,
    entities::ledger_entry::{self, Column},
    instant::nanoseconds,
};

// === impl Ledger ===

impl Ledger {
    /// Removes the entries from before a time with a [`cut`](Self::cut), and gives how many. Everything
    /// from the first entry on that is not older stays, and so does the newest.
    ///
    /// # Errors
    /// What would be removed is broken ([`LedgerRefusal::CutBroken`]): nobody would find it any more. Or
    /// it can't be cut now.
    pub async fn cut_older(
        &self,
        workspace: &WorkspaceId,
        than: DateTime<Utc>,
        at: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let Some(oldest) = self.first(of(workspace)).await? else {
            return Ok(0);
        };
        let younger = of(workspace).filter(Column::At.gte(nanoseconds(than)));
        let keep_from = match self.first(younger).await? {
            Some(first) => first,
            None => self.head(workspace).await?.map_or(0, |it| it.sequence),
        };
        if keep_from <= oldest {
            return Ok(0);
        }
        self.check_until(workspace, keep_from).await?;
        let cut = self.cut(workspace, keep_from, at).await?;
        Ok(cut.map_or(0, |_| keep_from - oldest))
    }

    /// Place of the first of these.
    async fn first(&self, of: Select<ledger_entry::Entity>) -> Result<Option<u64>, StoreError> {
        let place = of
            .select_only()
            .column(Column::Sequence)
            .order_by_asc(Column::Sequence)
            .into_tuple::<i64>()
            .one(&self.db)
            .await?;
        let place = place.map(u64::try_from).transpose();
        place.map_err(|_| StoreError::Unreadable)
    }

    /// Whether each entry before a place is what it was and follows the one before it.
    async fn check_until(&self, workspace: &WorkspaceId, place: u64) -> Result<(), StoreError> {
        let broken = |_| StoreError::from(LedgerRefusal::CutBroken);
        let cut = self.newest_cut(workspace).await?;
        let mut walk = Walk::begin(workspace, None, &Nobody).map_err(broken)?;
        while walk.seen() < place {
            // Boxed: the optimizer gives up on types as deep as these would be.
            let page = Box::pin(self.following(workspace, walk.seen())).await?;
            if page.is_empty() {
                return Err(LedgerRefusal::CutBroken.into());
            }
            for entry in page.iter().filter(|it| it.sequence <= place) {
                walk.step(entry).map_err(broken)?;
            }
        }
        match walk.begins_after(cut) {
            true => Ok(()),
            false => Err(LedgerRefusal::CutBroken.into()),
        }
    }

    /// What the newest cut says was removed; nothing before the first.
    async fn newest_cut(&self, workspace: &WorkspaceId) -> Result<Option<End>, StoreError> {
        let cuts = of(workspace)
            .filter(Column::Kind.eq(EntryKind::Cut.word()))
            .order_by_desc(Column::Sequence)
            .limit(1);
        let newest = read(cuts, &self.db).await?.pop();
        let newest = newest.map(|it| CutBody::read(&it.body).ok_or(StoreError::Unreadable));
        newest.transpose()
    }
}

/// There is no seal within a chain.
struct Nobody;

impl Verifier for Nobody {
    fn verify(&self, _: &Seal, _: &[u8], _: DateTime<Utc>) -> bool {
        false
    }
}
