//! A number of places, of which each is taken by one thing at a time.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use opentelemetry::metrics::UpDownCounter;

/// Places that are taken. How many there are is said anew with each: a configuration may change it.
pub(super) struct Places {
    taken: Arc<AtomicUsize>,
    meter: UpDownCounter<i64>,
}

/// One place; dropping it frees it.
pub struct Place {
    taken: Arc<AtomicUsize>,
    meter: UpDownCounter<i64>,
}

// === impl Places ===

impl Places {
    pub fn new(meter: UpDownCounter<i64>) -> Self {
        Self {
            taken: Arc::default(),
            meter,
        }
    }

    /// A place, where fewer than so many are taken.
    pub fn take(&self, of: usize) -> Option<Place> {
        let one_more = |taken| (taken < of).then_some(taken + 1);
        let order = Ordering::Relaxed;
        self.taken.fetch_update(order, order, one_more).ok()?;
        self.meter.add(1, &[]);
        Some(Place {
            taken: Arc::clone(&self.taken),
            meter: self.meter.clone(),
        })
    }
}

// === impl Place ===

impl Drop for Place {
    fn drop(&mut self) {
        self.taken.fetch_sub(1, Ordering::Relaxed);
        self.meter.add(-1, &[]);
    }
}
