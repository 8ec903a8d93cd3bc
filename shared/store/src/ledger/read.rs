//! Reading entries. Each of these names the workspace.

use passport_evidence::{EnvironmentName, ServiceName, WorkspaceId};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, QueryTrait as _, Select,
};
use uuid::Uuid;

use super::{Entry, EntryKind, Head, Ledger, LedgerRefusal};
use crate::{
    StoreError,
    entities::{
        ledger_entry::{self, Column},
        ledger_head,
    },
};

/// Most entries that are read at once.
const MOST: u64 = 500;

/// Which entries to list.
#[derive(Debug, Clone, Copy)]
pub struct Listing<'a> {
    /// Whose.
    pub workspace: &'a WorkspaceId,
    /// Of this service only.
    pub service: Option<&'a ServiceName>,
    /// Of this environment only.
    pub environment: Option<&'a EnvironmentName>,
    /// Of these kinds only; all of them where there is none.
    pub kinds: &'a [EntryKind],
    /// Only what is older than the entry in this place: the last of the page before.
    pub before: Option<u64>,
    /// Most entries to give; never more than 500.
    pub limit: usize,
}

// === impl Ledger ===

impl Ledger {
    /// The entry with an id.
    ///
    /// # Errors
    /// It can't be read.
    pub async fn get(
        &self,
        workspace: &WorkspaceId,
        id: Uuid,
    ) -> Result<Option<Entry>, StoreError> {
        let row = of(workspace)
            .filter(Column::Id.eq(id))
            .one(&self.db)
            .await?;
        row.map(Entry::try_from).transpose()
    }

    /// What was said later of an entry, oldest first.
    ///
    /// # Errors
    /// It can't be read, or it is more than 500 entries ([`LedgerRefusal::TooMany`]): without some of
    /// them, what was revoked would seem to hold.
    pub async fn about(&self, workspace: &WorkspaceId, id: Uuid) -> Result<Vec<Entry>, StoreError> {
        self.all(of(workspace).filter(Column::About.eq(id))).await
    }

    /// What was said later of some entries, oldest first.
    ///
    /// # Errors
    /// As [`about`](Self::about).
    pub async fn about_any(
        &self,
        workspace: &WorkspaceId,
        ids: &[Uuid],
    ) -> Result<Vec<Entry>, StoreError> {
        let about = Column::About.is_in(ids.iter().copied());
        self.all(of(workspace).filter(about)).await
    }

    /// The entries of some kinds of one release, oldest first: all of them.
    ///
    /// # Errors
    /// They can't be read, or there are more than 500 ([`LedgerRefusal::TooMany`]): without some of
    /// them, what was revoked would seem to hold.
    pub async fn all_of_release(
        &self,
        workspace: &WorkspaceId,
        kinds: &[EntryKind],
        subject: [u8; 32],
    ) -> Result<Vec<Entry>, StoreError> {
        let kinds = kinds.iter().map(|kind| kind.word());
        let of_release = of(workspace)
            .filter(Column::Subject.eq(subject.to_vec()))
            .filter(Column::Kind.is_in(kinds));
        self.all(of_release).await
    }

    /// All of these, oldest first, or none.
    async fn all(&self, which: Select<ledger_entry::Entity>) -> Result<Vec<Entry>, StoreError> {
        let oldest_first = which.order_by_asc(Column::Sequence).limit(MOST + 1);
        let entries = read(oldest_first, &self.db).await?;
        match entries.len() as u64 > MOST {
            true => Err(LedgerRefusal::TooMany.into()),
            false => Ok(entries),
        }
    }

    /// The entries of a kind of one release, oldest first; where there are more than 500, the newest of
    /// them.
    ///
    /// # Errors
    /// They can't be read.
    pub async fn of_release(
        &self,
        workspace: &WorkspaceId,
        kind: EntryKind,
        subject: [u8; 32],
    ) -> Result<Vec<Entry>, StoreError> {
        let newest_first = of(workspace)
            .filter(Column::Subject.eq(subject.to_vec()))
            .filter(Column::Kind.eq(kind.word()))
            .order_by_desc(Column::Sequence)
            .limit(MOST);
        let mut entries = read(newest_first, &self.db).await?;
        entries.reverse();
        Ok(entries)
    }

    /// Entries, newest first.
    ///
    /// # Errors
    /// They can't be read.
    pub async fn list(&self, which: &Listing<'_>) -> Result<Vec<Entry>, StoreError> {
        let limit = (which.limit as u64).min(MOST);
        let before = which
            .before
            .map(|before| i64::try_from(before).unwrap_or(i64::MAX));
        let kinds = which.kinds.iter().map(|kind| kind.word());
        let listed = of(which.workspace)
            .apply_if(which.service, |it, service| {
                it.filter(Column::Service.eq(service.as_str()))
            })
            .apply_if(which.environment, |it, environment| {
                it.filter(Column::Environment.eq(environment.as_str()))
            })
            .apply_if(before, |it, before| it.filter(Column::Sequence.lt(before)))
            .apply_if((!which.kinds.is_empty()).then_some(kinds), |it, kinds| {
                it.filter(Column::Kind.is_in(kinds))
            })
            .order_by_desc(Column::Sequence)
            .limit(limit);
        read(listed, &self.db).await
    }

    /// The head of a chain, to be kept elsewhere as a checkpoint. None before the first entry.
    ///
    /// # Errors
    /// It can't be read.
    pub async fn head(&self, workspace: &WorkspaceId) -> Result<Option<Head>, StoreError> {
        head(workspace, &self.db).await
    }
}

/// The entries of a workspace.
pub(super) fn of(workspace: &WorkspaceId) -> Select<ledger_entry::Entity> {
    ledger_entry::Entity::find().filter(Column::Workspace.eq(workspace.as_str()))
}

pub(super) async fn read(
    which: Select<ledger_entry::Entity>,
    db: &impl ConnectionTrait,
) -> Result<Vec<Entry>, StoreError> {
    let rows = which.all(db).await?;
    rows.into_iter().map(Entry::try_from).collect()
}

pub(super) async fn head(
    workspace: &WorkspaceId,
    db: &impl ConnectionTrait,
) -> Result<Option<Head>, StoreError> {
    let row = ledger_head::Entity::find_by_id(workspace.as_str())
        .one(db)
        .await?;
    row.map(Head::try_from).transpose()
}
