//! What was delivered to sources, kept once and for as long as it is of use.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use passport_evidence::SourceId;
use sea_orm::{
    ColumnTrait as _, DatabaseConnection, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};
use uuid::Uuid;

use crate::{
    Limits, Location, StoreError,
    batch::Batches,
    database,
    entities::{delivery, record, source},
    instant::{nanoseconds, time},
    migrations::CollectorTables,
    totals::Totals,
    writer::Writers,
};

/// Sources of which expired deliveries are removed in one transaction.
const TIDIED_AT_ONCE: usize = 64;

/// A delivery to be kept.
#[derive(Clone)]
pub struct NewDelivery {
    /// Whose it is.
    pub source: SourceId,
    /// The same delivery again has the same key.
    pub key: String,
    /// What to keep of it; may be nothing, the key is kept all the same.
    pub records: Vec<Bytes>,
    /// When it came in, by our clock.
    pub received_at: DateTime<Utc>,
    /// From when on it is of no more use.
    pub keep_until: DateTime<Utc>,
}

/// What became of a delivery. Either is durable when it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stored {
    /// Kept.
    New,
    /// Was here before; nothing changed.
    Duplicate,
}

/// What is kept of a source's deliveries.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Held {
    /// Oldest first.
    pub records: Vec<HeldRecord>,
    /// When the source first took a delivery, however long ago.
    pub first_delivery_at: Option<DateTime<Utc>>,
}

/// One thing that is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct HeldRecord {
    /// When its delivery came in.
    pub received_at: DateTime<Utc>,
    /// The record, unchanged.
    pub body: Bytes,
}

/// The deliveries of one collector. Cheap to clone; all clones share their writers.
#[derive(Clone)]
pub struct Deliveries {
    db: DatabaseConnection,
    writers: Writers<NewDelivery>,
}

// === impl Deliveries ===

impl Deliveries {
    /// Opens the collector's database and makes what it lacks.
    ///
    /// # Errors
    /// It can't be reached, or not be brought up to date.
    pub async fn open(at: &Location, limits: Limits) -> Result<Self, StoreError> {
        let db = database::open::<CollectorTables>(at).await?;
        let writers = Writers::start(&db, || Batches::new(db.clone(), limits));
        Ok(Self { db, writers })
    }

    /// Keeps a delivery, once: the same key for the same source again changes nothing. Returns
    /// when it is durable. Many callers at once share a transaction.
    ///
    /// # Errors
    /// It is not kept, or it isn't known whether it is: sending it again is safe.
    pub async fn keep(&self, delivery: NewDelivery) -> Result<Stored, StoreError> {
        self.writers.keep(delivery).await
    }

    /// How many deliveries a source has ever taken, by whichever process.
    ///
    /// # Errors
    /// It can't be read.
    pub async fn taken(&self, of: &SourceId) -> Result<u64, StoreError> {
        let source = source::find(of).one(&self.db).await?;
        let taken = source.map_or(0, |source| source.taken);
        u64::try_from(taken).map_err(|_| StoreError::Unreadable)
    }

    /// What is of use of a source's deliveries.
    ///
    /// # Errors
    /// It can't be read.
    pub async fn held(&self, of: &SourceId, now: DateTime<Utc>) -> Result<Held, StoreError> {
        let Some(source) = source::find(of).one(&self.db).await? else {
            return Ok(Held::default());
        };
        let rows: Vec<(i64, Vec<u8>)> = record::Entity::find()
            .inner_join(delivery::Entity)
            .select_only()
            .column(delivery::Column::ReceivedAt)
            .column(record::Column::Body)
            .filter(delivery::Column::SourceId.eq(source.id))
            .filter(delivery::Column::KeepUntil.gt(nanoseconds(now)))
            .order_by_asc(delivery::Column::ReceivedAt)
            .order_by_asc(delivery::Column::Id)
            .order_by_asc(record::Column::Position)
            .into_tuple()
            .all(&self.db)
            .await?;
        Ok(Held {
            records: rows.into_iter().map(HeldRecord::from).collect(),
            first_delivery_at: Some(time(source.first_delivery_at)),
        })
    }

    /// Removes what is of no more use in every workspace, and gives the number of deliveries.
    ///
    /// # Errors
    /// It can't be removed now; nothing depends on it but space.
    pub async fn forget_expired(&self, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let sources: Vec<Uuid> = delivery::Entity::find()
            .select_only()
            .column(delivery::Column::SourceId)
            .distinct()
            .filter(delivery::Column::KeepUntil.lte(nanoseconds(now)))
            .into_tuple()
            .all(&self.db)
            .await?;
        let mut forgotten = 0;
        // In parts, so that nobody who delivers waits long.
        for some in sources.chunks(TIDIED_AT_ONCE) {
            let writing = database::begin_writing(&self.db).await?;
            let some = some.iter().copied().collect();
            let mut totals = Totals::lock(&writing, some).await?;
            forgotten += totals.forget_expired(&writing, now).await?;
            totals.write(&writing).await?;
            writing.commit().await?;
        }
        Ok(forgotten)
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// It does not.
    pub async fn check(&self) -> Result<(), StoreError> {
        Ok(self.db.ping().await?)
    }
}

impl std::fmt::Debug for Deliveries {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Deliveries").finish_non_exhaustive()
    }
}

// === impl NewDelivery ===

impl NewDelivery {
    /// Bytes of its records.
    pub(crate) fn bytes(&self) -> usize {
        self.records.iter().map(Bytes::len).sum()
    }
}

impl std::fmt::Debug for NewDelivery {
    /// Not its records: they are a sender's words.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewDelivery")
            .field("source", &self.source)
            .field("bytes", &self.bytes())
            .field("received_at", &self.received_at)
            .finish_non_exhaustive()
    }
}

// === impl HeldRecord ===

impl From<(i64, Vec<u8>)> for HeldRecord {
    fn from((received_at, body): (i64, Vec<u8>)) -> Self {
        Self {
            received_at: time(received_at),
            body: body.into(),
        }
    }
}

impl std::fmt::Debug for HeldRecord {
    /// Not its body: it is a sender's words.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HeldRecord")
            .field("received_at", &self.received_at)
            .field("bytes", &self.body.len())
            .finish()
    }
}
