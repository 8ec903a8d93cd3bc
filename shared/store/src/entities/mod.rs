//! Rows, as sea-orm reads and writes them.

pub(crate) mod delivery;
pub(crate) mod ledger_entry;
pub(crate) mod ledger_head;
pub(crate) mod record;
pub(crate) mod source;
