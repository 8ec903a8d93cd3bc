//! Who waits for an answer. The work on one that nobody waits for any more ends, down to the request
//! that the provider was sent.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio_util::sync::CancellationToken;

use super::cache::Key;

/// Answers that are being waited for, by their keys.
#[derive(Default)]
pub(super) struct Waiting(Arc<Mutex<HashMap<Key, Weak<Seat>>>>);

/// Held by everybody who waits for one answer. When the last one lets go of it, the work is given
/// up.
pub(super) struct Seat {
    key: Key,
    waiting: Arc<Mutex<HashMap<Key, Weak<Seat>>>>,
    given_up: CancellationToken,
    is_left_to_end: AtomicBool,
}

// === impl Waiting ===

impl Waiting {
    /// Waits with all others who wait for the answer of this key.
    pub fn join(&self, key: &Key) -> Arc<Seat> {
        let mut waiting = lock(&self.0);
        if let Some(seat) = waiting.get(key).and_then(Weak::upgrade) {
            return seat;
        }
        let seat = Arc::new(Seat {
            key: key.clone(),
            waiting: Arc::clone(&self.0),
            given_up: CancellationToken::new(),
            is_left_to_end: AtomicBool::new(false),
        });
        waiting.insert(key.clone(), Arc::downgrade(&seat));
        seat
    }
}

// === impl Seat ===

impl Seat {
    /// Ready when nobody waits any more.
    pub fn given_up(&self) -> impl Future<Output = ()> + Send + use<> {
        self.given_up.clone().cancelled_owned()
    }

    /// Somebody waited as long as could be: the work goes on, so that its answer serves the next.
    pub fn leave_to_end(&self) {
        self.is_left_to_end.store(true, Ordering::Relaxed);
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if !*self.is_left_to_end.get_mut() {
            self.given_up.cancel();
        }
        let mut waiting = lock(&self.waiting);
        // Another may have been put there since the last one let go.
        if waiting
            .get(&self.key)
            .is_some_and(|it| it.strong_count() == 0)
        {
            waiting.remove(&self.key);
        }
    }
}

fn lock(waiting: &Mutex<HashMap<Key, Weak<Seat>>>) -> MutexGuard<'_, HashMap<Key, Weak<Seat>>> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}
