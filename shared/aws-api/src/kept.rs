//! Keys that were handed out for a time, kept until shortly before its end. In memory alone, and shown nowhere.

use chrono::{DateTime, TimeDelta, Utc};
use passport_connector_sdk::secrets::{Secret, generation};

use super::keys::Keys;

/// So long before their end new ones are asked for: longer than any collection.
const MARGIN: TimeDelta = TimeDelta::minutes(5);
/// Tells secrets apart within this process alone.
const KEY: [u8; 32] = *b"what the keys of a role rest on.";

/// Keys, and what they were handed out for.
#[derive(Debug)]
pub struct Kept {
    keys: Keys,
    basis: [u8; 32],
}

// === impl Kept ===

impl Kept {
    /// Keys that were handed out for what these secrets hold now.
    pub fn new(keys: &Keys, secrets: &[Secret]) -> Self {
        Self {
            keys: keys.clone(),
            basis: generation(&KEY, secrets),
        }
    }

    /// The keys, if they are good a while longer and AWS has not refused them.
    pub fn keys(&self, secrets: &[Secret], now: DateTime<Utc>) -> Option<Keys> {
        let lasts = self.keys.ends().is_some_and(|it| it - MARGIN > now);
        let is_good = lasts && !self.keys.is_refused() && self.basis == generation(&KEY, secrets);
        is_good.then(|| self.keys.clone())
    }
}
