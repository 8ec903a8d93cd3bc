//! Which records are taken, and from whom.

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::StatusCode;
use passport_connector_sdk::{Accepted, Delivery, Rejected, SenderReply, upload};
use passport_evidence::{Person, Right, Scope};
use serde_json::json;

use super::{
    actor::Actors,
    kept::{Entry, Role},
    record::{Flaw, Record},
    settings::Rules,
};

/// Most bytes of a record.
pub const MAX_BYTES: usize = 64 * 1024;

/// How long a statement is still known after its end, so that the next one is seen to follow it.
const KEPT_AFTER: TimeDelta = TimeDelta::days(7);

/// Takes records.
pub struct Acceptor<'a> {
    /// What may be stated.
    pub rules: &'a Rules,
    /// The source's own scope.
    pub scope: &'a Scope,
    /// What persons are called in what is kept.
    pub actors: &'a Actors,
}

/// Why a record is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum Refusal {
    #[error("{0}")]
    Upload(#[from] upload::Refusal),
    #[error("the record {0}")]
    Record(#[from] Flaw),
    #[error("you may not state anything here: the right evidence:submit is missing")]
    MayNotSubmit,
    #[error("nobody confirms without the right evidence:approve, and nobody an own record")]
    MayNotApprove,
}

// === impl Acceptor ===

impl Acceptor<'_> {
    /// Judges a record. Only a person states anything.
    pub fn accept(&self, delivery: &Delivery) -> Result<Accepted, Rejected> {
        let person = delivery.person().ok_or_else(Rejected::unauthorized)?;
        self.taken(delivery, &person).map_err(Refusal::rejected)
    }

    fn taken(&self, delivery: &Delivery, person: &Person) -> Result<Accepted, Refusal> {
        upload::check_size(delivery, MAX_BYTES)?;
        let received_at = delivery.received_at;
        let (rules, scope) = (self.rules, self.scope);
        let record = Record::read(&delivery.body, rules, scope, self.actors, received_at)?;
        let role = role(&record, person)?;
        let actor = self.actors.id(person).ok_or(Flaw::NoKey)?;
        let reply = reply(&record, role, &actor);
        let keep_for = keep_for(&record, received_at);
        let entry = Entry::new(record, role, actor, person.may(Right::EveryService));
        Ok(Accepted {
            idempotency_key: self.key(person, &delivery.body)?,
            records: vec![entry.to_bytes().ok_or(Flaw::Form)?],
            keep_for,
            reply,
        })
    }

    /// The same person with the same bytes.
    fn key(&self, person: &Person, body: &Bytes) -> Result<String, Flaw> {
        let parts = [person.id().as_bytes(), body];
        self.actors.mark("delivery", &parts).ok_or(Flaw::NoKey)
    }
}

/// As whom the person delivers: whoever a record names to confirm it confirms it by delivering it too.
fn role(record: &Record, person: &Person) -> Result<Role, Refusal> {
    let is_named = record.approved_by.as_deref() == Some(person.id());
    match (
        is_named,
        person.may(Right::Approve),
        person.may(Right::Submit),
    ) {
        (true, true, _) => Ok(Role::Approver),
        (true, false, _) => Err(Refusal::MayNotApprove),
        (false, _, true) => Ok(Role::Submitter),
        (false, _, false) => Err(Refusal::MayNotSubmit),
    }
}

fn keep_for(record: &Record, received_at: DateTime<Utc>) -> TimeDelta {
    let left = (record.expires_at - received_at).max(TimeDelta::zero());
    left + KEPT_AFTER
}

/// What the person gets: nothing of the reason but its length.
fn reply(record: &Record, role: Role, actor: &str) -> SenderReply {
    let told = json!({
        "record": record.id,
        "role": role,
        "actor": actor,
        "expiresAt": record.expires_at,
        "reasonLength": record.reason.chars().count(),
    });
    SenderReply::new(StatusCode::ACCEPTED, "application/json", told.to_string())
}

// === impl Refusal ===

impl Refusal {
    fn rejected(self) -> Rejected {
        let status = match self {
            Self::Upload(refusal) => refusal.status(),
            Self::Record(Flaw::Json) => StatusCode::BAD_REQUEST,
            Self::Record(Flaw::NoKey) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Record(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::MayNotSubmit | Self::MayNotApprove => StatusCode::FORBIDDEN,
        };
        let why = self.to_string().into_bytes();
        Rejected::with(SenderReply::new(status, "text/plain; charset=utf-8", why))
    }
}
