//! What is kept of records, and what several of them say together.

use std::collections::BTreeMap;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use passport_connector_sdk::Record as Delivered;
use passport_evidence::{Actor, Actors, FactName, actor};
use serde::{Deserialize, Serialize};

use super::{kind::Kind, record::Record};

/// What one delivery adds.
#[derive(Serialize, Deserialize)]
pub struct Entry {
    /// Tells the statement from every other.
    id: String,
    kind: Kind,
    fact: String,
    release: String,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    revoked_at: Option<DateTime<Utc>>,
    wants_approval: bool,
    has_digest: bool,
    link: Option<String>,
    /// As whom it was delivered.
    role: Role,
    /// Who delivered it, by an id that tells nothing; `None` of one that was kept before each had to have a key.
    actor: Option<String>,
    /// Whether that person may do so for every service.
    is_of_every_service: bool,
    /// For whoever audits what is kept; it does not leave.
    reason: String,
}

/// As whom a person delivers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Who states it.
    Submitter,
    /// The person who was named to confirm it.
    Approver,
}

/// A statement, as all deliveries of it say.
#[derive(Debug, Clone)]
pub struct Statement {
    /// What kind it is.
    pub kind: Kind,
    /// The fact that it speaks about.
    pub fact: FactName,
    /// The release that it is about.
    pub release: String,
    /// When it begins.
    pub created_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
    /// When it was taken back, by whomever.
    pub revoked_at: Option<DateTime<Utc>>,
    /// Whether a second person was named, or has to be.
    pub wants_approval: bool,
    /// Whether that person has confirmed it.
    pub is_confirmed: bool,
    /// Whether it names what it rests on by its digest.
    pub has_digest: bool,
    /// Where that can be seen.
    pub link: Option<String>,
    /// Whether one who delivered it may do so for every service.
    pub is_of_every_service: bool,
    /// Who stated and who confirmed it or took it back, by the ids that are kept.
    pub actors: Actors,
    is_submitted: bool,
}

// === impl Entry ===

impl Entry {
    /// What a record adds that this person delivers.
    pub fn new(record: Record, role: Role, actor: String, is_of_every_service: bool) -> Self {
        Self {
            wants_approval: record.approved_by.is_some() || record.kind.wants_two(),
            id: record.id,
            kind: record.kind,
            fact: record.fact.to_string(),
            release: record.release,
            created_at: record.created_at,
            expires_at: record.expires_at,
            revoked_at: record.revoked_at,
            has_digest: record.has_digest,
            link: record.link,
            role,
            actor: Some(actor),
            is_of_every_service,
            reason: record.reason,
        }
    }

    /// Who delivered it.
    fn actor(&self) -> Option<Actor> {
        let role = match (self.role, self.revoked_at) {
            (Role::Submitter, _) => actor::Role::Author,
            (Role::Approver, None) => actor::Role::Approver,
            (Role::Approver, Some(_)) => actor::Role::Decliner,
        };
        let id = self.actor.as_ref()?.parse().ok()?;
        Some(Actor { role, id })
    }

    /// As it is kept; `None` only where it can't be written.
    pub fn to_bytes(&self) -> Option<Bytes> {
        serde_json::to_vec(self).ok().map(Bytes::from)
    }
}

// === impl Statement ===

impl Statement {
    /// The statements of what is kept. What can't be read any more says nothing, and what was
    /// only confirmed was never stated.
    pub fn all(records: &[Delivered]) -> Vec<Self> {
        let mut all: BTreeMap<String, Self> = BTreeMap::new();
        let entries = records.iter().map(|it| serde_json::from_slice(&it.body));
        for entry in entries.filter_map(Result::<Entry, _>::ok) {
            let Ok(fact) = FactName::new(&entry.fact) else {
                continue;
            };
            let statement = Self::of(&entry, fact);
            match all.get_mut(&entry.id) {
                Some(known) => known.add(&statement),
                None => drop(all.insert(entry.id, statement)),
            }
        }
        let stated = |it: &Self| it.is_submitted || it.revoked_at.is_some();
        all.into_values().filter(stated).collect()
    }

    fn of(entry: &Entry, fact: FactName) -> Self {
        Self {
            kind: entry.kind,
            fact,
            release: entry.release.clone(),
            created_at: entry.created_at,
            expires_at: entry.expires_at,
            revoked_at: entry.revoked_at,
            wants_approval: entry.wants_approval,
            is_confirmed: entry.role == Role::Approver && entry.revoked_at.is_none(),
            has_digest: entry.has_digest,
            link: entry.link.clone(),
            is_of_every_service: entry.is_of_every_service,
            actors: entry.actor().into_iter().collect(),
            is_submitted: entry.role == Role::Submitter,
        }
    }

    /// Another delivery of the same statement.
    fn add(&mut self, other: &Self) {
        self.revoked_at = match (self.revoked_at, other.revoked_at) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        self.is_confirmed |= other.is_confirmed;
        self.is_submitted |= other.is_submitted;
        self.is_of_every_service |= other.is_of_every_service;
        let actors = std::mem::take(&mut self.actors);
        self.actors = actors.joined(other.actors.clone());
    }

    /// Whether it was confirmed as far as it has to be, was not taken back, and holds now.
    pub fn is_active(&self, now: DateTime<Utc>) -> bool {
        let is_agreed = self.is_confirmed || !self.wants_approval;
        is_agreed && self.is_submitted && !self.is_revoked(now) && self.holds(now)
    }

    /// Whether it was taken back.
    pub fn is_revoked(&self, now: DateTime<Utc>) -> bool {
        self.revoked_at.is_some_and(|it| it <= now)
    }

    /// Whether it has begun and not ended.
    pub fn holds(&self, now: DateTime<Utc>) -> bool {
        self.has_begun(now) && now < self.expires_at
    }

    /// Whether it has begun. A little ahead is taken as now.
    pub fn has_begun(&self, now: DateTime<Utc>) -> bool {
        self.created_at <= now + passport_evidence::freshness::SKEW
    }
}
