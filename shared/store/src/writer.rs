//! The one writer of a process: whoever waits while it writes shares its next transaction.

use std::sync::Arc;

use sea_orm::DatabaseConnection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use crate::{Limits, NewDelivery, StoreError, Stored, batch::Batches};

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

/// Hands deliveries to the task that writes them. The task ends with the last clone.
#[derive(Clone)]
pub(crate) struct Writer {
    queue: mpsc::Sender<Waiting>,
    room: Arc<Semaphore>,
}

// === impl Writer ===

impl Writer {
    pub fn start(db: DatabaseConnection, limits: Limits) -> Self {
        let (queue, waiting) = mpsc::channel(BATCH);
        tokio::spawn(write_all(Batches::new(db, limits), waiting));
        let room = Arc::new(Semaphore::new(WAITING as usize));
        Self { queue, room }
    }

    /// Waits for room, for its turn, and for the transaction to be durable.
    pub async fn keep(&self, delivery: NewDelivery) -> Verdict {
        let room = Arc::clone(&self.room)
            .acquire_many_owned(size(&delivery))
            .await
            .map_err(|_| StoreError::Ending)?;
        let (answer, verdict) = oneshot::channel();
        let waiting = Waiting {
            delivery,
            answer,
            room,
        };
        let queued = self.queue.send(waiting).await;
        queued.map_err(|_| StoreError::Ending)?;
        verdict.await.map_err(|_| StoreError::Ending)?
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
