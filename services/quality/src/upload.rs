//! What uploads of scanners have in common: their size, and what all uploads have.

pub use passport_connector_sdk::upload::{Refusal, ToldTime, key, observed, stated_at};
use passport_connector_sdk::{Delivery, upload};

/// Most bytes of an upload.
pub const MAX_BYTES: usize = 32 * 1024 * 1024;

/// Refuses what is too large to be read.
pub fn check_size(delivery: &Delivery) -> Result<(), Refusal> {
    upload::check_size(delivery, MAX_BYTES)
}
