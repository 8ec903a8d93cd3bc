//! Many entries in one transaction.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    sync::Arc,
};

use passport_evidence::WorkspaceId;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait as _, DatabaseConnection, DatabaseTransaction, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
    sea_query::{LockType, OnConflict},
};
use uuid::Uuid;

use super::{
    Entry, LedgerRefusal, NewEntry, Sealer,
    chain::{self, BEFORE_THE_FIRST, End},
};
use crate::{
    StoreError, database,
    entities::{ledger_entry, ledger_head},
    writer::{Batch, Verdict},
};

/// Writes batches, and remembers which workspaces have a head: heads are never removed.
pub(super) struct Appends {
    db: DatabaseConnection,
    sealer: Arc<dyn Sealer>,
    known: HashSet<WorkspaceId>,
}

// === impl Appends ===

impl Appends {
    pub fn new(db: DatabaseConnection, sealer: Arc<dyn Sealer>) -> Self {
        Self {
            db,
            sealer,
            known: HashSet::new(),
        }
    }

    async fn try_write(&self, new: &[NewEntry]) -> Result<Vec<Verdict<NewEntry>>, StoreError> {
        let workspaces: BTreeSet<_> = new.iter().map(|it| &it.scope.workspace).collect();
        let unknown = workspaces.iter().filter(|it| !self.known.contains(**it));
        let writing = database::begin_writing(&self.db).await?;
        make_heads(&writing, unknown.copied()).await?;
        let mut ends = lock_ends(&writing, &workspaces).await?;
        let doubled = ids_that_are_there(&writing, &workspaces, new).await?;
        let verdicts = link(new, &mut ends, doubled)?;
        insert(&writing, &verdicts, &*self.sealer).await?;
        writing.commit().await?;
        Ok(verdicts)
    }
}

impl Batch for Appends {
    type New = NewEntry;

    async fn write(&mut self, new: &[NewEntry]) -> Result<Vec<Verdict<NewEntry>>, StoreError> {
        // Boxed: the optimizer gives up on types as deep as these would be.
        let written = Box::pin(self.try_write(new)).await;
        match &written {
            Ok(_) => self
                .known
                .extend(new.iter().map(|it| it.scope.workspace.clone())),
            // The database may be another one than before, put back from a copy.
            Err(_) => self.known.clear(),
        }
        written
    }
}

/// Makes heads where they are missing, in the same order in every process and before any is locked, so
/// that no two wait for each other.
async fn make_heads(
    writing: &DatabaseTransaction,
    of: impl Iterator<Item = &WorkspaceId>,
) -> Result<(), StoreError> {
    for workspace in of {
        let none = ledger_head::ActiveModel {
            workspace: Set(workspace.to_string()),
            sequence: Set(0),
            hash: Set(BEFORE_THE_FIRST.to_vec()),
            at: Set(0),
            key_id: Set(String::new()),
            signature: Set(Vec::new()),
        };
        ledger_head::Entity::insert(none)
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .try_insert()
            .exec_without_returning(writing)
            .await?;
    }
    Ok(())
}

/// Where each chain ends. Nobody else adds to these until the transaction ends. Every process locks
/// them in the same order.
pub(super) async fn lock_ends<'a>(
    writing: &DatabaseTransaction,
    workspaces: &BTreeSet<&'a WorkspaceId>,
) -> Result<BTreeMap<&'a WorkspaceId, End>, StoreError> {
    let names = workspaces.iter().map(|it| it.as_str());
    let rows: Vec<(String, i64, Vec<u8>)> = ledger_head::Entity::find()
        .select_only()
        .columns([
            ledger_head::Column::Workspace,
            ledger_head::Column::Sequence,
            ledger_head::Column::Hash,
        ])
        .filter(ledger_head::Column::Workspace.is_in(names))
        .order_by_asc(ledger_head::Column::Workspace)
        .lock(LockType::NoKeyUpdate)
        .into_tuple()
        .all(writing)
        .await?;
    let mut ends = BTreeMap::new();
    for (workspace, sequence, hash) in rows {
        let end = End {
            sequence: u64::try_from(sequence).map_err(|_| StoreError::Unreadable)?,
            hash: hash.try_into().map_err(|_| StoreError::Unreadable)?,
        };
        if let Some(workspace) = workspaces.iter().find(|it| it.as_str() == workspace) {
            ends.insert(*workspace, end);
        }
    }
    Ok(ends)
}

/// By workspace: entries of others with the same id are no matter.
async fn ids_that_are_there(
    writing: &DatabaseTransaction,
    workspaces: &BTreeSet<&WorkspaceId>,
    new: &[NewEntry],
) -> Result<HashSet<(String, Uuid)>, StoreError> {
    let names = workspaces.iter().map(|it| it.as_str());
    let rows: Vec<(String, Uuid)> = ledger_entry::Entity::find()
        .select_only()
        .columns([ledger_entry::Column::Workspace, ledger_entry::Column::Id])
        .filter(ledger_entry::Column::Workspace.is_in(names))
        .filter(ledger_entry::Column::Id.is_in(new.iter().map(|it| it.id)))
        .into_tuple()
        .all(writing)
        .await?;
    Ok(rows.into_iter().collect())
}

/// Links what is new, in its order, each to the end of its chain.
fn link(
    new: &[NewEntry],
    ends: &mut BTreeMap<&WorkspaceId, End>,
    mut there: HashSet<(String, Uuid)>,
) -> Result<Vec<Verdict<NewEntry>>, StoreError> {
    let mut verdicts = Vec::with_capacity(new.len());
    for entry in new {
        let workspace = &entry.scope.workspace;
        // A head that was there is not: only a look at the whole chain tells what happened.
        let end = ends.get_mut(workspace).ok_or(StoreError::Unreadable)?;
        verdicts.push(match there.insert((workspace.to_string(), entry.id)) {
            true => Ok(chain::link(end, entry)),
            false => Err(LedgerRefusal::Doubled.into()),
        });
    }
    Ok(verdicts)
}

/// Inserts what was linked, and seals each chain once.
async fn insert(
    writing: &DatabaseTransaction,
    verdicts: &[Verdict<NewEntry>],
    sealer: &dyn Sealer,
) -> Result<(), StoreError> {
    let entries: Vec<_> = verdicts.iter().flatten().collect();
    if entries.is_empty() {
        return Ok(());
    }
    let rows: Result<Vec<_>, _> = entries.iter().map(|it| ledger_entry::row(it)).collect();
    ledger_entry::Entity::insert_many(rows?)
        .exec_without_returning(writing)
        .await?;
    write_heads(writing, &entries, sealer).await
}

/// Seals the newest of these entries of each chain.
pub(super) async fn write_heads(
    writing: &DatabaseTransaction,
    entries: &[&Entry],
    sealer: &dyn Sealer,
) -> Result<(), StoreError> {
    let newest: BTreeMap<_, _> = entries
        .iter()
        .map(|entry| (&entry.scope.workspace, *entry))
        .collect();
    let heads = newest.into_values().map(|it| chain::seal(it, sealer));
    let rows: Result<Vec<_>, _> = heads.map(|head| ledger_head::row(&head)).collect();
    let replace = OnConflict::column(ledger_head::Column::Workspace)
        .update_columns([
            ledger_head::Column::Sequence,
            ledger_head::Column::Hash,
            ledger_head::Column::At,
            ledger_head::Column::KeyId,
            ledger_head::Column::Signature,
        ])
        .to_owned();
    ledger_head::Entity::insert_many(rows?)
        .on_conflict(replace)
        .exec_without_returning(writing)
        .await?;
    Ok(())
}
