//! What persons said, as protobuf.

use chrono::{DateTime, Utc};
use passport_evidence::{FactName, SourceName, Subject, wire};
use passport_policy::gate::{Actor, Approval, Waiver};
use passport_proto::gateway as api;
use prost_types::Timestamp;

use super::{Unreadable, given, scope, time};

/// A waiver on the wire.
pub fn waiver(waiver: &Waiver) -> api::Waiver {
    api::Waiver {
        waiver_id: waiver.id.clone(),
        scope: Some((&waiver.scope).into()),
        subject: Some((&waiver.subject).into()),
        source: waiver.source.to_string(),
        fact: waiver.fact.to_string(),
        item: waiver.item.clone().unwrap_or_default(),
        reason: waiver.reason.clone(),
        actor: Some(actor(&waiver.actor)),
        second_actor: waiver.second_actor.as_ref().map(actor),
        created_at: Some(wire::timestamp(waiver.created_at)),
        expires_at: Some(wire::timestamp(waiver.expires_at)),
        revoked_at: waiver.revoked_at.map(wire::timestamp),
    }
}

/// An approval on the wire.
pub fn approval(approval: &Approval) -> api::Approval {
    api::Approval {
        approval_id: approval.id.clone(),
        scope: Some((&approval.scope).into()),
        subject: Some((&approval.subject).into()),
        reason: approval.reason.clone(),
        actor: Some(actor(&approval.actor)),
        created_at: Some(wire::timestamp(approval.created_at)),
        expires_at: Some(wire::timestamp(approval.expires_at)),
        revoked_at: approval.revoked_at.map(wire::timestamp),
    }
}

fn actor(actor: &Actor) -> api::Actor {
    api::Actor {
        issuer: actor.issuer.clone(),
        subject: actor.subject.clone(),
    }
}

/// Reads a waiver off the wire.
///
/// # Errors
/// A part is missing or not of its form.
pub fn waiver_read(message: api::Waiver) -> Result<Waiver, Unreadable> {
    Ok(Waiver {
        id: message.waiver_id,
        scope: scope(message.scope)?,
        subject: message.subject.map(Subject::from).unwrap_or_default(),
        source: SourceName::new(&message.source).map_err(|_| Unreadable("waivers.source"))?,
        fact: FactName::new(&message.fact).map_err(|_| Unreadable("waivers.fact"))?,
        item: given(message.item),
        reason: message.reason,
        actor: actor_read(message.actor.ok_or(Unreadable("waivers.actor"))?),
        second_actor: message.second_actor.map(actor_read),
        created_at: wanted("waivers.created_at", message.created_at)?,
        expires_at: wanted("waivers.expires_at", message.expires_at)?,
        revoked_at: time("waivers.revoked_at", message.revoked_at)?,
    })
}

/// Reads an approval off the wire.
///
/// # Errors
/// A part is missing or not of its form.
pub fn approval_read(message: api::Approval) -> Result<Approval, Unreadable> {
    Ok(Approval {
        id: message.approval_id,
        scope: scope(message.scope)?,
        subject: message.subject.map(Subject::from).unwrap_or_default(),
        reason: message.reason,
        actor: actor_read(message.actor.ok_or(Unreadable("approvals.actor"))?),
        created_at: wanted("approvals.created_at", message.created_at)?,
        expires_at: wanted("approvals.expires_at", message.expires_at)?,
        revoked_at: time("approvals.revoked_at", message.revoked_at)?,
    })
}

fn actor_read(message: api::Actor) -> Actor {
    Actor {
        issuer: message.issuer,
        subject: message.subject,
    }
}

fn wanted(field: &'static str, at: Option<Timestamp>) -> Result<DateTime<Utc>, Unreadable> {
    time(field, at)?.ok_or(Unreadable(field))
}
