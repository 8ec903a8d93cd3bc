//! What outlives a change of the configuration: keys that were fetched.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::{fetch::Place, keys::Keys};

/// Keys of issuers that somebody still uses. While a configuration takes the place of another, an
/// issuer of which the same is said keeps its keys. A clone is the same.
#[derive(Debug, Clone, Default)]
pub struct Keyring(Arc<Mutex<Vec<Weak<Keys>>>>);

// === impl Keyring ===

impl Keyring {
    /// The keys that are had from there: those that are in use, or new ones, not fetched yet.
    pub(super) fn keys(&self, place: Place) -> Arc<Keys> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|keys| keys.strong_count() > 0);
        let known = held.iter().filter_map(Weak::upgrade);
        if let Some(keys) = known.into_iter().find(|it| *it.place() == place) {
            return keys;
        }
        let keys = Keys::of(place);
        held.push(Arc::downgrade(&keys));
        keys
    }
}
