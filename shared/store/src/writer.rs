//! The writers of a process: whoever waits while one writes shares its next transaction.

use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::Arc,
};

use passport_evidence::SourceId;
use sea_orm::{DatabaseConnection, DbBackend};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use crate::{Limits, NewDelivery, StoreError, Stored, batch::Batches, database::CONNECTIONS};

type Verdict = Result<Stored, StoreError>;

/// Most deliveries in one transaction.
const BATCH: usize = 256;
/// Most bytes that wait to be written, in units of a KiB.
const WAITING: u32 = 64 * 1024;

/// A delivery, who waits for it, and its share of the memory for what waits.
struct Waiting {
    delivery: NewDelivery,
    answer: oneshot::Sender<Verdict>,
    room: OwnedSemaphorePermit,
}

/// Hands deliveries to the tasks that write them. The tasks end with the last clone.
#[derive(Clone)]
pub(crate) struct Writers {
    queues: Arc<[mpsc::Sender<Waiting>]>,
    room: Arc<Semaphore>,
}

// === impl Writers ===

impl Writers {
    pub fn start(db: &DatabaseConnection, limits: Limits) -> Self {
        let queues = (0..many(db.get_database_backend())).map(|_| {
            let (queue, waiting) = mpsc::channel(BATCH);
            tokio::spawn(write_all(Batches::new(db.clone(), limits), waiting));
            queue
        });
        Self {
            queues: queues.collect(),
            room: Arc::new(Semaphore::new(WAITING as usize)),
        }
    }

    /// Waits for room, for its turn, and for the transaction to be durable.
    pub async fn keep(&self, delivery: NewDelivery) -> Verdict {
        let room = Arc::clone(&self.room)
            .acquire_many_owned(size(&delivery))
            .await
            .map_err(|_| StoreError::Ending)?;
        let queue = self.queue(&delivery.source).ok_or(StoreError::Ending)?;
        let (answer, verdict) = oneshot::channel();
        let waiting = Waiting {
            delivery,
            answer,
            room,
        };
        let queued = queue.send(waiting).await;
        queued.map_err(|_| StoreError::Ending)?;
        verdict.await.map_err(|_| StoreError::Ending)?
    }

    /// A source has one writer, so that its deliveries stay in their order.
    fn queue(&self, source: &SourceId) -> Option<&mpsc::Sender<Waiting>> {
        let mut hasher = DefaultHasher::new();
        source.hash(&mut hasher);
        let many = self.queues.len().max(1) as u64;
        let at = usize::try_from(hasher.finish() % many).ok()?;
        self.queues.get(at)
    }
}

/// SQLite lets one write at a time. PostgreSQL lets many, whose commits share the wait for the disk;
/// these use half of the connections and leave the others to readers.
fn many(backend: DbBackend) -> u32 {
    if backend == DbBackend::Postgres {
        CONNECTIONS / 2
    } else {
        1
    }
}

/// In KiB, and never more than there is room for.
fn size(delivery: &NewDelivery) -> u32 {
    let kib = delivery.bytes() / 1024 + 1;
    u32::try_from(kib).unwrap_or(WAITING).min(WAITING)
}

async fn write_all(mut batches: Batches, mut waiting: mpsc::Receiver<Waiting>) {
    let mut batch = Vec::with_capacity(BATCH);
    while waiting.recv_many(&mut batch, BATCH).await > 0 {
        write_together(&mut batches, std::mem::take(&mut batch)).await;
    }
}

async fn write_together(batches: &mut Batches, waiting: Vec<Waiting>) {
    let (deliveries, answers): (Vec<_>, Vec<_>) = waiting
        .into_iter()
        .map(|it| (it.delivery, (it.answer, it.room)))
        .unzip();
    let verdicts = match batches.write(&deliveries).await {
        Ok(verdicts) => verdicts,
        Err(error) => vec![Err(error); deliveries.len()],
    };
    for ((answer, _room), verdict) in answers.into_iter().zip(verdicts) {
        // Whoever gave up waiting sends it again and learns that it is a duplicate.
        let _gone = answer.send(verdict);
    }
}
