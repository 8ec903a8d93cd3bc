//! What must outlive a process, in SQLite (one machine, nothing to install) or PostgreSQL.
//!
//! Each service has a database of its own: a file, or a schema of its own in PostgreSQL. Nothing
//! is read or written without naming the workspace that it belongs to; the one exception is the
//! removal of what has expired. The clock of this process is kept as nanoseconds since 1970, a
//! provider's time as the text or the nanoseconds that it gave: both databases then keep, order
//! and compare times alike.

mod batch;
mod database;
mod deliveries;
mod entities;
mod error;
mod instant;
mod location;
mod migrations;
mod totals;
mod writer;

pub use batch::Limits;
pub use deliveries::{Deliveries, Held, HeldRecord, NewDelivery, Stored};
pub use error::StoreError;
pub use location::{BadLocation, InTheClear, Location};
