//! The writers of a process: whoever waits while one writes shares its next transaction.

use std::{
    hash::{DefaultHasher, Hash, Hasher as _},
    sync::Arc,
};

use sea_orm::{DatabaseConnection, DbBackend};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use crate::{StoreError, database::CONNECTIONS};

/// Most of what is written in one transaction.
const BATCH: usize = 256;
/// Most bytes that wait to be written, in units of a KiB.
const WAITING: u32 = 64 * 1024;

/// What can be written together with its like.
pub(crate) trait Written: Send + Sync + 'static {
    /// What becomes of it.
    type Done: Send + 'static;

    /// What has the same line is written in the order in which it came.
    fn line(&self) -> &impl Hash;

    /// Its bytes, about.
    fn bytes(&self) -> usize;
}

/// Writes in one transaction.
pub(crate) trait Batch: Send + 'static {
    type New: Written;

    /// One verdict for each, in their order, or an error and nothing is kept.
    fn write(
        &mut self,
        new: &[Self::New],
    ) -> impl Future<Output = Result<Vec<Verdict<Self::New>>, StoreError>> + Send;
}

/// What became of one of a batch.
pub(crate) type Verdict<N> = Result<<N as Written>::Done, StoreError>;

/// One of a batch, who waits for it, and its share of the memory for what waits.
struct Waiting<N: Written> {
    new: N,
    answer: oneshot::Sender<Verdict<N>>,
    room: OwnedSemaphorePermit,
}

/// Hands what is new to the tasks that write it. The tasks end with the last clone.
pub(crate) struct Writers<N: Written> {
    queues: Arc<[mpsc::Sender<Waiting<N>>]>,
    room: Arc<Semaphore>,
}

// === impl Writers ===

impl<N: Written> Writers<N> {
    pub fn start<B: Batch<New = N>>(db: &DatabaseConnection, batch: impl Fn() -> B) -> Self {
        let queues = (0..many(db.get_database_backend())).map(|_| {
            let (queue, waiting) = mpsc::channel(BATCH);
            tokio::spawn(write_all(batch(), waiting));
            queue
        });
        Self {
            queues: queues.collect(),
            room: Arc::new(Semaphore::new(WAITING as usize)),
        }
    }

    /// Waits for room, for its turn, and for the transaction to be durable.
    pub async fn keep(&self, new: N) -> Verdict<N> {
        let room = Arc::clone(&self.room)
            .acquire_many_owned(size(&new))
            .await
            .map_err(|_| StoreError::Ending)?;
        let queue = self.queue(&new).ok_or(StoreError::Ending)?;
        let (answer, verdict) = oneshot::channel();
        let waiting = Waiting { new, answer, room };
        let queued = queue.send(waiting).await;
        queued.map_err(|_| StoreError::Ending)?;
        verdict.await.map_err(|_| StoreError::Ending)?
    }

    /// Takes nothing more, and waits until all that was taken has its verdict.
    pub async fn end(&self) {
        let idle = self.room.acquire_many(WAITING).await;
        self.room.close();
        drop(idle);
    }

    fn queue(&self, new: &N) -> Option<&mpsc::Sender<Waiting<N>>> {
        let mut hasher = DefaultHasher::new();
        new.line().hash(&mut hasher);
        let many = self.queues.len().max(1) as u64;
        let at = usize::try_from(hasher.finish() % many).ok()?;
        self.queues.get(at)
    }
}

impl<N: Written> Clone for Writers<N> {
    fn clone(&self) -> Self {
        Self {
            queues: Arc::clone(&self.queues),
            room: Arc::clone(&self.room),
        }
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
fn size(new: &impl Written) -> u32 {
    let kib = new.bytes() / 1024 + 1;
    u32::try_from(kib).unwrap_or(WAITING).min(WAITING)
}

async fn write_all<B: Batch>(mut batches: B, mut waiting: mpsc::Receiver<Waiting<B::New>>) {
    let mut batch = Vec::with_capacity(BATCH);
    while waiting.recv_many(&mut batch, BATCH).await > 0 {
        write_together(&mut batches, std::mem::take(&mut batch)).await;
    }
}

async fn write_together<B: Batch>(batches: &mut B, waiting: Vec<Waiting<B::New>>) {
    let (new, answers): (Vec<_>, Vec<_>) = waiting
        .into_iter()
        .map(|it| (it.new, (it.answer, it.room)))
        .unzip();
    let verdicts = match batches.write(&new).await {
        Ok(verdicts) => verdicts,
        Err(error) => new.iter().map(|_| Err(error.clone())).collect(),
    };
    for ((answer, _room), verdict) in answers.into_iter().zip(verdicts) {
        // Whoever gave up waiting sends it again and learns that it is a duplicate.
        let _gone = answer.send(verdict);
    }
}
