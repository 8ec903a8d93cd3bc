//! Where decisions are recorded, and what signs them.

mod export;
mod persons;
mod place;
mod release;
mod retention;
mod seal;

use std::sync::{Arc, OnceLock};

use arc_swap::ArcSwapOption;
use bytes::Bytes;
use futures::future::BoxFuture;
use opentelemetry::metrics::Meter;
use passport_evidence::WorkspaceId;
use passport_policy::{
    attest::{self, Ed25519Signer, LedgerPosition},
    passport::{Digest, Passport, of_release},
};
use passport_service_kit::{config::model, process::Fault};
use passport_store::{
    Entry, EntryKind, Ledger, LedgerRefusal, Listing, Location, NewEntry, StoreError,
};
use tokio::sync::OnceCell;
use tracing::{error, warn};
use uuid::Uuid;

use crate::call_error::CallError;
pub(crate) use persons::{Later, Said, Saying};
use retention::Retention;
use seal::Seals;

/// The records of a gateway. The database is opened when it is first needed, and stays open over
/// changes of the configuration; a clone is the same.
#[derive(Clone, Default)]
pub struct Records(Arc<Shared>);

#[derive(Default)]
struct Shared {
    place: ArcSwapOption<Location>,
    signer: Arc<ArcSwapOption<Ed25519Signer>>,
    opened: OnceCell<Ledger>,
    retention: ArcSwapOption<Retention>,
    /// Whether somebody looks for what is too old.
    cutting: OnceLock<()>,
}

/// A passport and its place in the ledger.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The record, with what became of it since.
    pub passport: Passport,
    /// Counted from the beginning of the workspace's chain.
    pub sequence: u64,
    /// Of the entry, which binds all before it.
    pub hash: [u8; 32],
    /// Bytes of its JSON.
    pub bytes: usize,
}

// === impl Records ===

impl Records {
    /// Records of a database, signed with nothing until [`configure`](Self::configure) says with what.
    pub fn at(place: Location) -> Self {
        let records = Self::default();
        records.0.place.store(Some(Arc::new(place)));
        records
    }

    /// The same records, signed with this key from now on.
    #[must_use]
    pub fn signed_with(self, signer: Ed25519Signer) -> Self {
        self.0.signer.store(Some(Arc::new(signer)));
        self
    }

    /// Takes over where the database is, unless it was opened before, which key signs, and how long
    /// records are kept; from then on what is older is removed once a day. A gateway
    /// that can't record gives evidence all the same, and decides nothing.
    ///
    /// # Errors
    /// There is a signing key, and it can't be used.
    pub fn configure(&self, settings: &model::Settings, meter: &Meter) -> Result<(), Fault> {
        let signer = place::signer(settings.gateway.signing_key.as_ref())?;
        self.0.signer.store(signer.map(Arc::new));
        let retention = Retention::of(settings).map(Arc::new);
        self.0.retention.store(retention);
        if !self.0.opened.initialized() {
            match place::of(&settings.store) {
                Ok(place) => self.0.place.store(Some(Arc::new(place))),
                Err(fault) => warn!("nothing can be recorded, so that nothing is decided: {fault}"),
            }
        }
        self.cut_daily(meter);
        Ok(())
    }

    async fn ledger(&self) -> Result<&Ledger, CallError> {
        let open = || opened(Arc::clone(&self.0));
        self.0.opened.get_or_try_init(open).await.map_err(failed)
    }

    /// Keeps a passport durably.
    ///
    /// # Errors
    /// It is not kept, or nobody knows whether it is.
    pub async fn keep(&self, passport: &Passport) -> Result<Recorded, CallError> {
        let release = passport.subject.as_ref();
        let release = release.map(|it| of_release(&passport.scope, it).0);
        let kept = self.append(NewEntry {
            id: passport.id,
            kind: EntryKind::Passport,
            scope: passport.scope.clone(),
            about: None,
            subject: release,
            at: passport.decided_at,
            body: written(passport)?,
        });
        let entry = kept.await?;
        Ok(Recorded {
            passport: passport.clone(),
            sequence: entry.sequence,
            hash: entry.hash,
            bytes: entry.body.len(),
        })
    }

    async fn append(&self, entry: NewEntry) -> Result<Entry, CallError> {
        let ledger = self.ledger().await?;
        ledger.append(entry).await.map_err(failed)
    }

    /// The passport with an id, and what became of it; `None` where the workspace has none.
    ///
    /// # Errors
    /// It can't be read.
    pub async fn passport(
        &self,
        workspace: &WorkspaceId,
        id: Uuid,
    ) -> Result<Option<Recorded>, CallError> {
        let ledger = self.ledger().await?;
        let entry = ledger.get(workspace, id).await.map_err(failed)?;
        match entry.filter(|it| it.kind == EntryKind::Passport) {
            Some(entry) => {
                let later = ledger.about(workspace, id).await.map_err(failed)?;
                recorded(&entry, &later).map(Some)
            }
            None => Ok(None),
        }
    }

    /// Passports, newest first.
    ///
    /// # Errors
    /// They can't be read.
    pub async fn passports(&self, which: &Listing<'_>) -> Result<Vec<Recorded>, CallError> {
        let ledger = self.ledger().await?;
        let which = Listing {
            kinds: &[EntryKind::Passport],
            ..*which
        };
        let entries = ledger.list(&which).await.map_err(failed)?;
        let ids: Vec<_> = entries.iter().map(|it| it.id).collect();
        let later = ledger.about_any(which.workspace, &ids).await;
        let later = later.map_err(failed)?;
        entries.iter().map(|it| recorded(it, &later)).collect()
    }

    /// A passport as an in-toto Statement in a signed DSSE envelope.
    ///
    /// # Errors
    /// There is no key, or nothing that a Statement could be about.
    pub fn attestation(&self, recorded: &Recorded) -> Result<Vec<u8>, CallError> {
        let signer = self.0.signer.load_full().ok_or(CallError::NoSigningKey)?;
        let position = LedgerPosition {
            sequence: i64::try_from(recorded.sequence).unwrap_or(i64::MAX),
            entry_hash: Digest(recorded.hash),
        };
        let attested = attest::attestation(&recorded.passport, Some(position), &*signer);
        attested.map_err(|error| match error {
            attest::NotAttested::NoSubject => CallError::NotAttested(error.to_string()),
            attest::NotAttested::Unwritable(_) | attest::NotAttested::Unsigned(_) => {
                error!(code = error.code(), "a passport was not attested");
                CallError::Broken
            }
        })
    }
}

impl std::fmt::Debug for Records {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Records").finish_non_exhaustive()
    }
}

/// A passport, with what was said later of it.
fn recorded(entry: &Entry, later: &[Entry]) -> Result<Recorded, CallError> {
    let mut passport: Passport = read(&entry.body)?;
    let mut later = later.iter().filter(|it| it.about == Some(entry.id));
    let revoked = later.find(|it| it.kind == EntryKind::PassportRevoked);
    passport.revoked_at = revoked.map(|it| it.at);
    Ok(Recorded {
        passport,
        sequence: entry.sequence,
        hash: entry.hash,
        bytes: entry.body.len(),
    })
}

/// Boxed: the compiler can't see through what opens a database that it can be sent to other threads.
fn opened(shared: Arc<Shared>) -> BoxFuture<'static, Result<Ledger, StoreError>> {
    Box::pin(async move {
        let place = shared.place.load_full();
        let place = place.ok_or(StoreError::Unreachable)?;
        let sealer = Seals::with(Arc::clone(&shared.signer));
        Ledger::open(&place, Arc::new(sealer)).await
    })
}

fn written(value: &impl serde::Serialize) -> Result<Bytes, CallError> {
    let bytes = serde_json::to_vec(value);
    bytes.map(Bytes::from).map_err(|_| CallError::Broken)
}

fn read<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, CallError> {
    serde_json::from_slice(body).map_err(|_| {
        error!("an entry of the ledger is not what this version writes");
        CallError::Broken
    })
}

/// Nothing was decided where nothing can be recorded.
fn failed(error: StoreError) -> CallError {
    error!(code = error.code(), "the ledger failed: {error}");
    match error {
        StoreError::Ledger(LedgerRefusal::CutMeanwhile) => CallError::NoLedger,
        StoreError::Unreadable | StoreError::Ledger(_) => CallError::Broken,
        StoreError::Unreachable
        | StoreError::Refused { .. }
        | StoreError::Location(_)
        | StoreError::File { .. }
        | StoreError::Full
        | StoreError::Ending => CallError::NoLedger,
    }
}
