//! Many deliveries in one transaction.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    hash::Hash,
};

use passport_evidence::SourceId;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, DatabaseConnection, DatabaseTransaction, EntityTrait as _,
    QueryFilter as _, TryInsertResult, sea_query::OnConflict,
};
use sha2::{Digest as _, Sha256};
use uuid::{ContextV7, Timestamp, Uuid};

use crate::{
    NewDelivery, StoreError, Stored, database,
    entities::{delivery, record, source},
    instant::nanoseconds,
    totals::Totals,
    writer::{Batch, Verdict, Written},
};

/// How much is kept of one source. A delivery beyond it is refused: dropping what was acknowledged
/// would be silent.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Most bytes of records. Deliveries without any are taken all the same.
    pub source_bytes: u64,
    /// Most deliveries, those without records included: each is remembered by its key.
    pub source_deliveries: u64,
}

/// Rows of records in one statement: three values each, of the 32,766 that SQLite takes.
const ROWS: usize = 4_096;

/// Writes batches, and remembers which row is which source: rows of sources are never removed.
pub(crate) struct Batches {
    db: DatabaseConnection,
    limits: Limits,
    sources: HashMap<SourceId, Uuid>,
    order: ContextV7,
}

/// A delivery on its way into its rows.
struct Row<'a> {
    id: Uuid,
    source: Uuid,
    key: [u8; 32],
    bytes: u64,
    delivery: &'a NewDelivery,
}

// === impl Limits ===

impl Default for Limits {
    fn default() -> Self {
        Self {
            source_bytes: 64 * 1024 * 1024,
            source_deliveries: 50_000,
        }
    }
}

// === impl NewDelivery ===

impl Written for NewDelivery {
    type Done = Stored;

    /// A source has one writer, so that its deliveries stay in their order.
    fn line(&self) -> &impl Hash {
        &self.source
    }

    fn bytes(&self) -> usize {
        self.bytes()
    }
}

// === impl Batches ===

impl Batch for Batches {
    type New = NewDelivery;

    async fn write(
        &mut self,
        deliveries: &[NewDelivery],
    ) -> Result<Vec<Verdict<NewDelivery>>, StoreError> {
        let writing = database::begin_writing(&self.db).await?;
        let rows = self.rows(&writing, deliveries).await?;
        let mut totals = Totals::lock(&writing, sources(&rows)).await?;
        if let Some(now) = rows.iter().map(|row| row.delivery.received_at).min() {
            // What is of no more use neither counts as kept nor makes its like a duplicate.
            totals.forget_expired(&writing, now).await?;
        }
        let new = insert(&writing, &rows).await?;
        let verdicts = verdicts(&rows, &new, &mut totals, self.limits);
        remove_refused(&writing, &rows, &verdicts).await?;
        insert_records(&writing, &rows, &verdicts).await?;
        totals.write(&writing).await?;
        writing.commit().await?;
        for row in &rows {
            self.sources.insert(row.delivery.source.clone(), row.source);
        }
        Ok(verdicts)
    }
}

impl Batches {
    pub fn new(db: DatabaseConnection, limits: Limits) -> Self {
        Self {
            db,
            limits,
            sources: HashMap::new(),
            order: ContextV7::new(),
        }
    }

    async fn rows<'a>(
        &mut self,
        writing: &DatabaseTransaction,
        deliveries: &'a [NewDelivery],
    ) -> Result<Vec<Row<'a>>, StoreError> {
        let found = self.found(writing, deliveries).await?;
        let mut rows = Vec::with_capacity(deliveries.len());
        for delivery in deliveries {
            let source = *found.get(&delivery.source).ok_or(StoreError::Unreadable)?;
            rows.push(Row {
                id: self.new_id(delivery),
                source,
                key: Sha256::digest(&delivery.key).into(),
                bytes: delivery.bytes() as u64,
                delivery,
            });
        }
        Ok(rows)
    }

    /// The row of each source, by its first delivery of the batch. Made in the same order by every
    /// process, so that no two wait for each other.
    async fn found<'a>(
        &mut self,
        writing: &DatabaseTransaction,
        deliveries: &'a [NewDelivery],
    ) -> Result<BTreeMap<&'a SourceId, Uuid>, StoreError> {
        let mut firsts = BTreeMap::new();
        for delivery in deliveries {
            firsts.entry(&delivery.source).or_insert(delivery);
        }
        let mut found = BTreeMap::new();
        for (source, first) in firsts {
            let id = match self.sources.get(source) {
                Some(known) => *known,
                None => {
                    let id = self.new_id(first);
                    find_or_make(writing, first, id).await?
                }
            };
            found.insert(source, id);
        }
        Ok(found)
    }

    /// Ids order deliveries that came in at the same time.
    fn new_id(&mut self, delivery: &NewDelivery) -> Uuid {
        let at = delivery.received_at;
        let seconds = u64::try_from(at.timestamp()).unwrap_or_default();
        let timestamp = Timestamp::from_unix(&self.order, seconds, at.timestamp_subsec_nanos());
        Uuid::new_v7(timestamp)
    }
}

/// The row of a source, made where this is its first delivery. Where two processes make it at
/// once, one of them finds the other's.
async fn find_or_make(
    writing: &DatabaseTransaction,
    first: &NewDelivery,
    id: Uuid,
) -> Result<Uuid, StoreError> {
    let make = source::new(id, &first.source, nanoseconds(first.received_at));
    source::Entity::insert(make)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .try_insert()
        .exec_without_returning(writing)
        .await?;
    let found = source::find(&first.source).one(writing).await?;
    found.map(|it| it.id).ok_or(StoreError::Unreadable)
}

fn sources(rows: &[Row<'_>]) -> BTreeSet<Uuid> {
    rows.iter().map(|row| row.source).collect()
}

/// The ids of those that were not here before. Every process inserts in the same order, so that no
/// two wait for each other; the first of equals stays the first.
async fn insert(
    writing: &DatabaseTransaction,
    rows: &[Row<'_>],
) -> Result<HashSet<Uuid>, StoreError> {
    let mut sorted: Vec<_> = rows.iter().collect();
    sorted.sort_by_key(|row| (row.source, row.key));
    let models = sorted.into_iter().map(|row| delivery::ActiveModel {
        id: Set(row.id),
        source_id: Set(row.source),
        key_digest: Set(row.key.to_vec()),
        received_at: Set(nanoseconds(row.delivery.received_at)),
        keep_until: Set(nanoseconds(row.delivery.keep_until)),
        bytes: Set(i64::try_from(row.bytes).unwrap_or(i64::MAX)),
    });
    let inserted = delivery::Entity::insert_many(models)
        .on_conflict(
            OnConflict::columns([delivery::Column::SourceId, delivery::Column::KeyDigest])
                .do_nothing()
                .to_owned(),
        )
        .try_insert()
        .exec_with_returning_keys(writing)
        .await?;
    Ok(match inserted {
        TryInsertResult::Inserted(ids) => ids.into_iter().collect(),
        TryInsertResult::Conflicted | TryInsertResult::Empty => HashSet::new(),
    })
}

/// In their order, so that what fills a source up is refused and not what came before it. A
/// duplicate of what is refused is refused with it.
fn verdicts(
    rows: &[Row<'_>],
    new: &HashSet<Uuid>,
    totals: &mut Totals,
    limits: Limits,
) -> Vec<Result<Stored, StoreError>> {
    let mut refused = HashSet::new();
    let verdict = |row: &Row<'_>| {
        let key = (row.source, row.key);
        if !new.contains(&row.id) {
            return match refused.contains(&key) {
                true => Err(StoreError::Full),
                false => Ok(Stored::Duplicate),
            };
        }
        match totals.take(row.source, row.bytes, limits) {
            true => Ok(Stored::New),
            false => {
                refused.insert(key);
                Err(StoreError::Full)
            }
        }
    };
    rows.iter().map(verdict).collect()
}

async fn remove_refused(
    writing: &DatabaseTransaction,
    rows: &[Row<'_>],
    verdicts: &[Result<Stored, StoreError>],
) -> Result<(), StoreError> {
    let judged = rows.iter().zip(verdicts);
    let refused: Vec<_> = judged
        .filter(|(_, verdict)| verdict.is_err())
        .map(|(row, _)| row.id)
        .collect();
    if refused.is_empty() {
        return Ok(());
    }
    delivery::Entity::delete_many()
        .filter(delivery::Column::Id.is_in(refused))
        .exec(writing)
        .await?;
    Ok(())
}

async fn insert_records(
    writing: &DatabaseTransaction,
    rows: &[Row<'_>],
    verdicts: &[Result<Stored, StoreError>],
) -> Result<(), StoreError> {
    let judged = rows.iter().zip(verdicts);
    let new = judged.filter(|(_, verdict)| **verdict == Ok(Stored::New));
    let mut models = new.flat_map(|(row, _)| records(row));
    loop {
        let some: Vec<_> = models.by_ref().take(ROWS).collect();
        if some.is_empty() {
            return Ok(());
        }
        record::Entity::insert_many(some)
            .exec_without_returning(writing)
            .await?;
    }
}

fn records<'a>(row: &'a Row<'_>) -> impl Iterator<Item = record::ActiveModel> + 'a {
    let id = row.id;
    let positions = 0_i32..;
    positions
        .zip(&row.delivery.records)
        .map(move |(position, body)| record::ActiveModel {
            delivery_id: Set(id),
            position: Set(position),
            body: Set(body.to_vec()),
        })
}
