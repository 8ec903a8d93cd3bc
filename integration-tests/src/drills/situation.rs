//! Which services are harmed, and since when.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

/// What may be missing in a reply for what is done to the mesh.
#[derive(Debug, Default)]
pub(super) struct Situation(Mutex<BTreeMap<String, Harm>>);

/// One stretch of time, the last of its service.
#[derive(Debug, Clone, Copy)]
struct Harm {
    from: Instant,
    to: Option<Instant>,
}

// === impl Situation ===

impl Situation {
    /// From now on the service may fail.
    pub fn harmed(&self, service: &str) {
        let harm = Harm {
            from: Instant::now(),
            to: None,
        };
        self.lock().insert(service.to_owned(), harm);
    }

    /// From now on it may not.
    pub fn recovered(&self, service: &str) {
        if let Some(harm) = self.lock().get_mut(service) {
            harm.to = Some(Instant::now());
        }
    }

    /// Whether the service was harmed at any time since `from`.
    pub fn is_harmed(&self, service: &str, from: Instant) -> bool {
        let harms = self.lock();
        let harm = harms.get(service);
        harm.is_some_and(|it| it.from <= Instant::now() && it.to.is_none_or(|to| to >= from))
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Harm>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
