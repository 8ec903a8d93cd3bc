//! Which questions are being answered.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use passport_evidence::SourceId;

/// Questions that are answered at once; further ones wait until they are asked again.
const MOST: usize = 256;

type Open = BTreeSet<(SourceId, Bytes)>;

/// The questions that are being answered. A clone is the same.
#[derive(Clone, Default)]
pub(crate) struct Answering(Arc<Mutex<Open>>);

/// One of them, until this is dropped.
pub(super) struct Place {
    among: Answering,
    it: (SourceId, Bytes),
}

impl Answering {
    /// Begins with a question. `None`: it was begun already, or too many were.
    pub(super) fn begin(&self, source: &SourceId, handle: &Bytes) -> Option<Place> {
        let it = (source.clone(), handle.clone());
        let has_begun = self.with(|open| open.len() < MOST && open.insert(it.clone()));
        has_begun.then(|| Place {
            among: self.clone(),
            it,
        })
    }

    fn with<T>(&self, what: impl FnOnce(&mut Open) -> T) -> T {
        // Each change is one step, so that a panic elsewhere leaves nothing halfway.
        what(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.among.with(|open| open.remove(&self.it));
    }
}
