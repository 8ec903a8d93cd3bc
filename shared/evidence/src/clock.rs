//! Where "now" comes from.

use chrono::{DateTime, Utc};

/// Gives the time of this machine. Injected, so that every judgement about age can be replayed.
///
/// This crate only names the interface; it never asks a clock itself.
pub trait Clock: Send + Sync + 'static {
    /// The present moment.
    fn now(&self) -> DateTime<Utc>;
}
