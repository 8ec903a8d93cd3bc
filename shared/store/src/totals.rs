//! How much is kept of each source, counted as it comes and goes: adding it up anew for every batch would
//! take the longer the more is kept.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
    sea_query::{CaseStatement, LockType},
};
use uuid::Uuid;

use crate::{
    Limits, StoreError,
    entities::{delivery, source},
    instant::nanoseconds,
};

/// The totals of the sources of one transaction, which has them to itself until it ends.
pub(crate) struct Totals(BTreeMap<Uuid, Total>);

/// What is kept of one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Total {
    /// Deliveries that were ever taken. Whoever has made something of what was kept before learns by it
    /// that there is more.
    taken: i64,
    bytes: i64,
    deliveries: i64,
    changed: bool,
}

// === impl Totals ===

impl Totals {
    /// Every process locks the rows in the same order, so that no two wait for each other.
    pub async fn lock(
        writing: &DatabaseTransaction,
        sources: BTreeSet<Uuid>,
    ) -> Result<Self, StoreError> {
        let rows: Vec<(Uuid, i64, i64, i64)> = source::Entity::find()
            .select_only()
            .columns([
                source::Column::Id,
                source::Column::Taken,
                source::Column::KeptBytes,
                source::Column::KeptDeliveries,
            ])
            .filter(source::Column::Id.is_in(sources))
            .order_by_asc(source::Column::Id)
            .lock(LockType::NoKeyUpdate)
            .into_tuple()
            .all(writing)
            .await?;
        let totals = rows.into_iter().map(|(id, taken, bytes, deliveries)| {
            let total = Total {
                taken,
                bytes,
                deliveries,
                changed: false,
            };
            (id, total)
        });
        Ok(Self(totals.collect()))
    }

    /// Removes what is of no more use, and gives the number of deliveries.
    pub async fn forget_expired(
        &mut self,
        writing: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let forgotten = delivery::Entity::delete_many()
            .filter(delivery::Column::SourceId.is_in(self.0.keys().copied()))
            .filter(delivery::Column::KeepUntil.lte(nanoseconds(now)))
            .exec_with_returning(writing)
            .await?;
        for delivery in &forgotten {
            if let Some(total) = self.0.get_mut(&delivery.source_id) {
                total.bytes -= delivery.bytes;
                total.deliveries -= 1;
                total.changed = true;
            }
        }
        Ok(forgotten.len() as u64)
    }

    /// Counts a delivery of so many bytes, where there is room for it.
    pub fn take(&mut self, source: Uuid, bytes: u64, limits: Limits) -> bool {
        let Some(total) = self.0.get_mut(&source) else {
            return false;
        };
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        let most = |limit: u64| i64::try_from(limit).unwrap_or(i64::MAX);
        let bytes_fit =
            bytes == 0 || total.bytes.saturating_add(bytes) <= most(limits.source_bytes);
        if !bytes_fit || total.deliveries >= most(limits.source_deliveries) {
            return false;
        }
        total.taken += 1;
        total.bytes += bytes;
        total.deliveries += 1;
        total.changed = true;
        true
    }

    /// Writes those that changed.
    pub async fn write(self, writing: &DatabaseTransaction) -> Result<(), StoreError> {
        let mut changed = self.0;
        changed.retain(|_, total| total.changed);
        if changed.is_empty() {
            return Ok(());
        }
        let column = |of: fn(&Total) -> i64| {
            let arms = changed.iter();
            arms.fold(CaseStatement::new(), |arms, (id, total)| {
                arms.case(source::Column::Id.eq(*id), of(total))
            })
        };
        source::Entity::update_many()
            .col_expr(source::Column::Taken, column(|it| it.taken).into())
            .col_expr(source::Column::KeptBytes, column(|it| it.bytes).into())
            .col_expr(
                source::Column::KeptDeliveries,
                column(|it| it.deliveries).into(),
            )
            .filter(source::Column::Id.is_in(changed.keys().copied()))
            .exec(writing)
            .await?;
        Ok(())
    }
}
