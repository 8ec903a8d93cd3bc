//! Whether a passport stands in an exported ledger, and what became of it there.

use std::path::Path;

use chrono::{DateTime, Utc};
use passport_evidence::json::time;
use passport_policy::attest::{self, Purpose, Refused, TrustedKeys};
use passport_policy::passport::{Digest, Passport};
use passport_store::{Entry, EntryKind};

use super::super::super::ledger::{self, Chain};
use crate::exit::Fault;
use crate::output::{CheckedLedger, InLedger, Verified};

/// What a ledger says of a passport.
#[derive(Default)]
struct Said {
    /// The entry with its id.
    entry: Option<Place>,
    withdrawn: Option<DateTime<Utc>>,
}

struct Place {
    sequence: u64,
    hash: [u8; 32],
    /// Whether it holds what was attested.
    is_same: bool,
}

/// What is said of an attestation beside the ledger that its passport has to stand in. What the ledger
/// says counts only where the whole of it is good.
pub fn verified(
    file: &Path,
    keys: &TrustedKeys,
    attested: attest::Verified,
    purpose: Purpose,
) -> Result<Verified, Fault> {
    let chain = Chain {
        workspace: &attested.passport.scope.workspace,
        checkpoint: None,
        keys: Some(keys),
    };
    let mut said = Said::default();
    let checked = ledger::verified(file, &chain, |entry| said.take(entry, &attested.passport))?;
    Ok(judged(attested, &said, &checked, purpose))
}

fn judged(
    attested: attest::Verified,
    said: &Said,
    checked: &CheckedLedger,
    purpose: Purpose,
) -> Verified {
    let Some(head) = checked.head().filter(|_| checked.is_good()) else {
        return match checked.is_good() {
            true => not_in_ledger(),
            false => Verified::refused("ledger_broken", checked.message()),
        };
    };
    let Some(place) = &said.entry else {
        return not_in_ledger();
    };
    let stated = attested.ledger.as_ref();
    let is_there = stated.is_none_or(|it| {
        u64::try_from(it.sequence) == Ok(place.sequence) && it.entry_hash == Digest(place.hash)
    });
    if !is_there || !place.is_same {
        return Verified::refused(
            "ledger_differs",
            "the ledger has something else under its id or in its place; do not use it, tell the \
             operator",
        );
    }
    if purpose == Purpose::Approval && said.withdrawn.is_some() {
        return Verified::refused(Refused::Withdrawn.code(), Refused::Withdrawn.to_string());
    }
    let in_ledger = InLedger {
        sequence: place.sequence,
        checked_through: head.sequence,
    };
    Verified::good(attested, said.told(head.sequence, head.at), Some(in_ledger))
}

fn not_in_ledger() -> Verified {
    Verified::refused(
        "not_in_ledger",
        "the ledger does not hold it; export the ledger again, or see whether it was cut off by age",
    )
}

// === impl Said ===

impl Said {
    fn take(&mut self, entry: &Entry, passport: &Passport) {
        if entry.kind == EntryKind::Passport && entry.id == passport.id {
            self.entry = Some(Place {
                sequence: entry.sequence,
                hash: entry.hash,
                is_same: is_same(&entry.body, passport),
            });
        } else if entry.kind == EntryKind::PassportRevoked && entry.about == Some(passport.id) {
            self.withdrawn.get_or_insert(entry.at);
        }
    }

    /// What was found, and what can't be known from it.
    fn told(&self, newest: u64, at: DateTime<Utc>) -> String {
        let end = time(at);
        match self.withdrawn {
            Some(at) => format!("it was withdrawn at {}", time(at)),
            None => format!(
                "it was not withdrawn up to entry {newest} of the ledger, made at {end}; what came \
                 later is known to the gateway alone"
            ),
        }
    }
}

/// Whether an entry holds this passport. That it was withdrawn is an entry of its own.
fn is_same(body: &[u8], passport: &Passport) -> bool {
    let read: Option<Passport> = serde_json::from_slice(body).ok();
    read.is_some_and(|read| {
        let revoked_at = passport.revoked_at;
        Passport { revoked_at, ..read } == *passport
    })
}
