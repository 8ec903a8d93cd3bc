//! Entries to add to a ledger.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use passport_evidence::{Scope, WorkspaceId};
use passport_store::{EntryKind, NewEntry};
use uuid::Uuid;

pub fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_777_800_600 + seconds, 123_456_789).unwrap()
}

pub fn workspace(name: &str) -> WorkspaceId {
    name.parse().unwrap()
}

pub fn acme() -> WorkspaceId {
    workspace("acme")
}

pub fn scope(workspace: &str, service: &str, environment: &str) -> Scope {
    Scope {
        workspace: workspace.parse().unwrap(),
        service: service.parse().unwrap(),
        environment: environment.parse().unwrap(),
    }
}

pub fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

/// Passport number `n` of the shop of acme.
pub fn passport(n: u128) -> NewEntry {
    NewEntry {
        id: id(n),
        kind: EntryKind::Passport,
        scope: scope("acme", "shop", "production"),
        about: None,
        subject: Some([7; 32]),
        at: at(n as i64),
        body: Bytes::from(format!("{{\"passport\":{n}}}")),
    }
}

/// Passport number `n` of the shop of another workspace.
pub fn passport_of(workspace: &str, n: u128) -> NewEntry {
    NewEntry {
        scope: scope(workspace, "shop", "production"),
        ..passport(n)
    }
}

/// Entry number `n`, which speaks of another.
pub fn speaking_of(about: u128, kind: EntryKind, n: u128) -> NewEntry {
    NewEntry {
        kind,
        about: Some(id(about)),
        ..passport(n)
    }
}
