//! What a gateway decided, and what people said to it: a chain of entries for each workspace, to which
//! is only ever added.
//!
//! Each entry holds the hash of the one before it, and the newest one is sealed with the gateway's
//! key: whoever changes, removes or moves an entry is found by [`Ledger::verify`]. Whoever removes the
//! newest ones, and puts back an older head, is found against a [`Head`] that was exported before.
//! What an entry says is no matter of the ledger: its body is kept as it is given.

mod age;
mod append;
pub mod chain;
mod cut;
mod entry;
mod export;
mod exported;
mod head;
mod json;
mod read;
mod refusal;
mod verify;

use std::sync::Arc;

use sea_orm::DatabaseConnection;

use crate::{Location, StoreError, database, migrations::GatewayTables, writer::Writers};

use append::Appends;
pub use chain::{Broken, Reason, Verified};
pub use entry::{Entry, EntryKind, NewEntry};
pub use exported::{BrokenExport, Exported, NotWhole, last_line, verify_export};
pub use head::{Head, Seal, Sealer, Verifier};
pub use json::NotExported;
pub use read::Listing;
pub use refusal::LedgerRefusal;
pub use verify::NotVerified;

/// The ledger of a gateway. Cheap to clone; all clones share their writers.
#[derive(Clone)]
pub struct Ledger {
    db: DatabaseConnection,
    writers: Writers<NewEntry>,
    sealer: Arc<dyn Sealer>,
}

// === impl Ledger ===

impl Ledger {
    /// Opens the gateway's database and makes what it lacks.
    ///
    /// # Errors
    /// It can't be reached, or not be brought up to date.
    pub async fn open(at: &Location, sealer: Arc<dyn Sealer>) -> Result<Self, StoreError> {
        let db = database::open::<GatewayTables>(at).await?;
        let writers = Writers::start(&db, || Appends::new(db.clone(), Arc::clone(&sealer)));
        Ok(Self {
            db,
            writers,
            sealer,
        })
    }

    /// Adds an entry to the chain of its workspace. Returns when it is durable. Many callers at once
    /// share a transaction, and a seal.
    ///
    /// # Errors
    /// An entry with its id is there, and nothing changes ([`LedgerRefusal::Doubled`]); or it is not
    /// kept; or it isn't known whether it is: [`Ledger::get`] tells, and adding it again is safe.
    pub async fn append(&self, entry: NewEntry) -> Result<Entry, StoreError> {
        entry.check()?;
        self.writers.keep(entry).await
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// It does not.
    pub async fn check(&self) -> Result<(), StoreError> {
        Ok(self.db.ping().await?)
    }

    /// Takes nothing more, writes what was taken, and leaves the database.
    ///
    /// # Errors
    /// The database can't be left in order; what was acknowledged is durable all the same.
    pub async fn close(&self) -> Result<(), StoreError> {
        self.writers.end().await;
        Ok(self.db.close_by_ref().await?)
    }
}

impl std::fmt::Debug for Ledger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ledger").finish_non_exhaustive()
    }
}
