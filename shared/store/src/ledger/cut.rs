//! Removing old entries, with a word about it in the chain.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use passport_evidence::{Scope, WorkspaceId};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, DatabaseTransaction, EntityTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde::{Deserialize, Serialize};
use uuid::{ContextV7, Timestamp, Uuid};

use super::{
    Entry, EntryKind, Ledger, LedgerRefusal, NewEntry,
    append::{lock_ends, write_heads},
    chain::{self, End},
    read::{of, read},
};
use crate::{
    StoreError, database,
    entities::ledger_entry::{self, Column},
};

/// Most entries that are removed in one transaction: nobody else adds to the chain meanwhile.
const CUT_AT_ONCE: u64 = 10_000;

/// What the body of a cut says. It is this JSON, without spaces, the hash in lower case:
/// `{"removedThrough":41,"hash":"9f86d0…"}`, that is the place of the newest entry that was removed and
/// its hash, which is what the oldest one that is left follows.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct CutBody {
    removed_through: u64,
    hash: String,
}

// === impl CutBody ===

impl CutBody {
    /// Only what is written as it should be: there is one way to say it.
    pub fn read(body: &[u8]) -> Option<End> {
        let said: Self = serde_json::from_slice(body).ok()?;
        let mut hash = [0; 32];
        hex::decode_to_slice(&said.hash, &mut hash).ok()?;
        let end = End {
            sequence: said.removed_through,
            hash,
        };
        (Self::write(end)? == body).then_some(end)
    }

    pub fn write(removed: End) -> Option<Vec<u8>> {
        let said = Self {
            removed_through: removed.sequence,
            hash: hex::encode(removed.hash),
        };
        serde_json::to_vec(&said).ok()
    }
}

// === impl Ledger ===

impl Ledger {
    /// Removes the entries before a place, and adds one of kind [`EntryKind::Cut`] that says so, signed
    /// with the head like any other: a chain whose beginning is missing is whole only where its newest
    /// cut names it. Many are removed in parts, each with a cut of its own; gives the newest of them, or
    /// none where nothing was left to remove.
    ///
    /// Whether what is removed is still of use is for the caller to know.
    ///
    /// # Errors
    /// The chain is not that long ([`LedgerRefusal::CutTooFar`]), it is broken at the place
    /// ([`LedgerRefusal::CutBroken`]), or it can't be cut now.
    pub async fn cut(
        &self,
        workspace: &WorkspaceId,
        keep_from: u64,
        at: DateTime<Utc>,
    ) -> Result<Option<Entry>, StoreError> {
        let mut newest = None;
        // Boxed: the optimizer gives up on types as deep as these would be.
        while let Some(cut) = Box::pin(self.cut_some(workspace, keep_from, at)).await? {
            newest = Some(cut);
        }
        Ok(newest)
    }

    async fn cut_some(
        &self,
        workspace: &WorkspaceId,
        keep_from: u64,
        at: DateTime<Utc>,
    ) -> Result<Option<Entry>, StoreError> {
        let writing = database::begin_writing(&self.db).await?;
        let mut ends = lock_ends(&writing, &BTreeSet::from([workspace])).await?;
        let end = ends.get_mut(workspace).ok_or(LedgerRefusal::CutTooFar)?;
        if keep_from > end.sequence {
            return Err(LedgerRefusal::CutTooFar.into());
        }
        let Some(last) = last_to_remove(&writing, workspace, keep_from).await? else {
            return Ok(None);
        };
        remove_through(&writing, workspace, last.sequence).await?;
        let cut = chain::link(end, &new_cut(&last, at)?);
        let row = ledger_entry::row(&cut)?;
        row.insert(&writing).await?;
        write_heads(&writing, &[&cut], &*self.sealer).await?;
        writing.commit().await?;
        Ok(Some(cut))
    }
}

/// The newest entry that this transaction removes.
async fn last_to_remove(
    writing: &DatabaseTransaction,
    workspace: &WorkspaceId,
    keep_from: u64,
) -> Result<Option<Entry>, StoreError> {
    let oldest = oldest(writing, workspace).await?;
    let most = oldest.saturating_add(CUT_AT_ONCE).min(keep_from);
    if most <= oldest {
        return Ok(None);
    }
    let around = of(workspace)
        .filter(Column::Sequence.between(place(most - 1)?, place(most)?))
        .order_by_asc(Column::Sequence);
    match read(around, writing).await?.as_slice() {
        [last, kept] if kept.previous == last.hash => Ok(Some(last.clone())),
        _ => Err(LedgerRefusal::CutBroken.into()),
    }
}

async fn oldest(writing: &DatabaseTransaction, workspace: &WorkspaceId) -> Result<u64, StoreError> {
    let place = of(workspace)
        .select_only()
        .column(Column::Sequence)
        .order_by_asc(Column::Sequence)
        .into_tuple::<i64>()
        .one(writing)
        .await?;
    let place = place.and_then(|place| u64::try_from(place).ok());
    Ok(place.ok_or(LedgerRefusal::CutBroken)?)
}

async fn remove_through(
    writing: &DatabaseTransaction,
    workspace: &WorkspaceId,
    last: u64,
) -> Result<(), StoreError> {
    ledger_entry::Entity::delete_many()
        .filter(Column::Workspace.eq(workspace.as_str()))
        .filter(Column::Sequence.lte(place(last)?))
        .exec(writing)
        .await?;
    Ok(())
}

fn place(sequence: u64) -> Result<i64, StoreError> {
    i64::try_from(sequence).map_err(|_| StoreError::Unreadable)
}

/// A chain has no scope without a service; that of what was removed tells nothing new.
fn new_cut(last: &Entry, at: DateTime<Utc>) -> Result<NewEntry, StoreError> {
    let removed = End {
        sequence: last.sequence,
        hash: last.hash,
    };
    let body = CutBody::write(removed).ok_or(StoreError::Unreadable)?;
    Ok(NewEntry {
        id: new_id(at),
        kind: EntryKind::Cut,
        scope: Scope::clone(&last.scope),
        about: None,
        subject: None,
        at,
        body: body.into(),
    })
}

fn new_id(at: DateTime<Utc>) -> Uuid {
    let seconds = u64::try_from(at.timestamp()).unwrap_or_default();
    let context = ContextV7::new();
    Uuid::new_v7(Timestamp::from_unix(
        &context,
        seconds,
        at.timestamp_subsec_nanos(),
    ))
}
