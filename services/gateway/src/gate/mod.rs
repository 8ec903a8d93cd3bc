//! May this release go? Asks every source of the scope, decides by its policy, and records that.

mod asked;
mod chain;
mod evaluate;
mod list;
mod verdict;
pub mod watch;
pub mod what_if;
pub mod wire;

use chrono::{DateTime, Utc};
use uuid::{NoContext, Timestamp, Uuid};

pub(crate) use asked::MODES;
pub use asked::{GateQuestion, GateRequest};
pub(crate) use chain::workspace;
pub(crate) use list::noted;
pub use list::{ListQuestion, Listed};
pub(crate) use verdict::Verdict;

/// An id that sorts by this time.
pub(crate) fn new_id(at: DateTime<Utc>) -> Uuid {
    let seconds = u64::try_from(at.timestamp()).unwrap_or_default();
    Uuid::new_v7(Timestamp::from_unix(
        NoContext,
        seconds,
        at.timestamp_subsec_nanos(),
    ))
}
