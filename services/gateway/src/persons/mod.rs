//! What persons say of releases: waivers and approvals. Only who is known as a person says anything, and
//! everything is in the ledger before it is answered.

mod approvals;
mod asked;
mod later;
mod listed;
mod waivers;

pub(crate) use asked::record_id;
pub use listed::Sayings;
