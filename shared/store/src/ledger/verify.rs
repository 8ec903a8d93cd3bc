//! Checking the chain of a workspace, as it stands in the database.

use passport_evidence::WorkspaceId;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DatabaseTransaction, DbBackend, IsolationLevel,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, TransactionOptions, TransactionTrait as _,
    sea_query::{Expr, Func},
};

use super::{
    Broken, Head, Ledger, Reason, Verified, Verifier,
    chain::Walk,
    read::{head, of, read},
};
use crate::{StoreError, entities::ledger_entry::Column};

/// Most entries of a page.
const PAGE: u64 = 256;
/// Most bytes of the bodies of a page that has more than one entry.
const PAGE_BYTES: u64 = 8 * 1024 * 1024;

/// Why a chain is not known to be whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotVerified {
    /// It is not.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// It could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

// === impl Ledger ===

impl Ledger {
    /// Checks the whole chain of a workspace: that each entry is what it was and follows the one before
    /// it, that a trusted key sealed the newest, and that the chain goes on from the checkpoint. Sees the
    /// chain as it is at one moment, whoever adds to it or cuts it meanwhile, a page at a time.
    ///
    /// Without a checkpoint it is not found that the newest entries were removed together with their
    /// seals, and an older head put back; nor that a whole chain is gone.
    ///
    /// # Errors
    /// The first place where the chain is broken; or it can't be read.
    pub async fn verify(
        &self,
        workspace: &WorkspaceId,
        checkpoint: Option<&Head>,
        verifier: &dyn Verifier,
    ) -> Result<Verified, NotVerified> {
        // Boxed: the optimizer gives up on types as deep as these would be.
        Box::pin(self.walk(workspace, checkpoint, verifier)).await
    }

    async fn walk(
        &self,
        workspace: &WorkspaceId,
        checkpoint: Option<&Head>,
        verifier: &dyn Verifier,
    ) -> Result<Verified, NotVerified> {
        let mut walk = Walk::begin(workspace, checkpoint, verifier)?;
        let reading = self.begin_reading().await?;
        let mut after = i64::MIN;
        while let Some(last) = walk_page(&mut walk, &reading, workspace, after).await? {
            after = last;
        }
        let head = match head(workspace, &reading).await {
            Err(StoreError::Unreadable) => Err(Broken {
                sequence: walk.seen(),
                reason: Reason::HeadUnreadable,
            })?,
            head => head?,
        };
        reading.rollback().await.map_err(StoreError::from)?;
        Ok(walk.end(head.as_ref(), verifier)?)
    }

    /// A transaction to which nothing changes.
    async fn begin_reading(&self) -> Result<DatabaseTransaction, StoreError> {
        let postgres = self.db.get_database_backend() == DbBackend::Postgres;
        let options = TransactionOptions {
            // SQLite does so in any case.
            isolation_level: postgres.then_some(IsolationLevel::RepeatableRead),
            ..TransactionOptions::default()
        };
        Ok(self.db.begin_with_options(options).await?)
    }
}

/// Takes the entries of the next page, and gives the place of the last of them, if there are any.
async fn walk_page(
    walk: &mut Walk,
    reading: &impl ConnectionTrait,
    workspace: &WorkspaceId,
    after: i64,
) -> Result<Option<i64>, NotVerified> {
    let places = places(workspace, after, reading).await?;
    let (Some(first), Some(last)) = (places.first(), places.last()) else {
        return Ok(None);
    };
    let page = of(workspace)
        .filter(Column::Sequence.between(*first, *last))
        .order_by_asc(Column::Sequence);
    match read(page, reading).await {
        Ok(entries) => {
            for entry in &entries {
                walk.step(entry)?;
            }
        }
        Err(StoreError::Unreadable) => walk_one_by_one(walk, reading, workspace, &places).await?,
        Err(error) => Err(error)?,
    }
    Ok(Some(*last))
}

/// Finds the one that can't be read, unless another before it is broken.
async fn walk_one_by_one(
    walk: &mut Walk,
    reading: &impl ConnectionTrait,
    workspace: &WorkspaceId,
    places: &[i64],
) -> Result<(), NotVerified> {
    for place in places {
        let one = of(workspace).filter(Column::Sequence.eq(*place));
        match read(one, reading).await {
            Ok(entries) => {
                for entry in &entries {
                    walk.step(entry)?;
                }
            }
            Err(StoreError::Unreadable) => Err(Broken {
                sequence: u64::try_from(*place).unwrap_or_default(),
                reason: Reason::Unreadable,
            })?,
            Err(error) => Err(error)?,
        }
    }
    Ok(())
}

/// The places of the entries of the next page: as many as there is room for, and at least one.
pub(super) async fn places(
    workspace: &WorkspaceId,
    after: i64,
    reading: &impl ConnectionTrait,
) -> Result<Vec<i64>, StoreError> {
    let length = Func::cust("length").arg(Expr::col(Column::Body));
    let rows: Vec<(i64, i32)> = of(workspace)
        .select_only()
        .column(Column::Sequence)
        .expr(length)
        .filter(Column::Sequence.gt(after))
        .order_by_asc(Column::Sequence)
        .limit(PAGE)
        .into_tuple()
        .all(reading)
        .await?;
    let mut room = PAGE_BYTES;
    let mut places = Vec::with_capacity(rows.len());
    for (place, bytes) in rows {
        let bytes = u64::try_from(bytes).unwrap_or_default();
        if bytes > room && !places.is_empty() {
            break;
        }
        room = room.saturating_sub(bytes);
        places.push(place);
    }
    Ok(places)
}
