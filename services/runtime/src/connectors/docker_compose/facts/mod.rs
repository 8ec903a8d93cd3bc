//! From what was read of a service to facts. Pure.

mod available;
mod condition;
pub mod declared;
mod health;
mod images;
mod reasons;
mod restarts;
mod rollout;

use chrono::{DateTime, Utc};
use passport_connector_sdk::digests::Digests;
use passport_evidence::{Fact, FactName, Reason, Status, Subject, freshness::CREDENTIAL_SCOPE};

use super::{
    client::{Member, Service},
    settings::Wanted,
};

/// Name of the fact about the configuration.
const ROLLOUT_CONDITION: FactName = FactName::fixed("rollout_condition");
/// Name of the fact about what runs.
const AVAILABLE_REPLICAS: FactName = FactName::fixed("available_replicas");
/// Name of the fact about how it is.
const CONTAINER_HEALTH: FactName = FactName::fixed("container_health");
/// Name of the fact about restarts.
const RECENT_RESTARTS: FactName = FactName::fixed("recent_restarts");
/// Name of the fact about why containers ended.
const RESTART_REASON: FactName = FactName::fixed("restart_reason");
/// Name of the facts about the project's services.
const DECLARED_SERVICES: FactName = FactName::fixed("declared_services");
/// Name of the fact about what it was built from.
const IMAGE_DIGEST: FactName = FactName::fixed("image_digest");

/// The facts of a service.
pub fn of(
    service: &Service,
    wanted: &Wanted,
    subject: Option<&Subject>,
    now: DateTime<Utc>,
) -> Vec<Fact> {
    let digests = Digests::of(subject);
    let at = service.listed_at;
    let members = match &service.members {
        Ok(members) => members,
        Err(reason) => {
            let facts = unknown(*reason, &digests).into_iter();
            return facts.map(|it| it.observed(Some(at))).collect();
        }
    };
    let seen_at = seen(members).fold(at, Ord::min);
    let images_at = service.images.values().filter_map(|it| it.as_ref().ok());
    let images_at = images_at.map(|(_, at)| *at).fold(seen_at, Ord::min);
    let rollout = rollout::fact(members, service.is_recreating).observed(Some(at));
    let health_at = health::as_of(members, wanted, now, seen_at);
    let of_containers = [
        available::fact(members, wanted, now).observed(Some(seen_at)),
        health::fact(members, wanted, now).observed(health_at),
        restarts::fact(members, wanted, now).observed(Some(seen_at)),
        reasons::fact(members).observed(Some(seen_at)),
    ];
    let images = images::fact(members, &service.images, &digests).observed(Some(images_at));
    let facts = [rollout].into_iter().chain(of_containers).chain([images]);
    if service.has_moved {
        return facts.map(in_motion).collect();
    }
    match service.is_recreating {
        true => facts.map(being_replaced).collect(),
        false => facts.collect(),
    }
}

/// The facts of a service where nothing is known of it, for one reason.
pub fn unread(reason: Reason, subject: Option<&Subject>) -> [Fact; 6] {
    unknown(reason, &Digests::of(subject))
}

/// The facts where not even the engine is known.
pub fn nothing(reason: Reason, subject: Option<&Subject>) -> Vec<Fact> {
    let of_socket = Fact::unknown(CREDENTIAL_SCOPE, reason);
    let facts = unread(reason, subject).into_iter();
    facts.chain([of_socket]).collect()
}

fn unknown(reason: Reason, digests: &Digests<'_>) -> [Fact; 6] {
    [
        Fact::unknown(ROLLOUT_CONDITION, reason),
        Fact::unknown(AVAILABLE_REPLICAS, reason),
        Fact::unknown(CONTAINER_HEALTH, reason),
        Fact::unknown(RECENT_RESTARTS, reason),
        Fact::unknown(RESTART_REASON, reason),
        digests.unread(IMAGE_DIGEST, reason),
    ]
}

fn seen(members: &[Member]) -> impl Iterator<Item = DateTime<Utc>> {
    let seen = members.iter().filter_map(|it| it.seen.as_ref().ok());
    seen.map(|(_, at)| *at)
}

/// What was read while containers came and went is of no one moment, and those that went are not read.
fn in_motion(fact: Fact) -> Fact {
    match (fact.status(), fact.reason()) {
        (Status::Unknown, Some(Reason::Unavailable)) => pending(&fact),
        (Status::Unknown | Status::NotApplicable, _) => fact,
        (Status::Passed | Status::Failed | Status::Warning | Status::Pending, _) => pending(&fact),
    }
}

/// What is about to be replaced proves nothing of what takes its place. Too few are so for now only.
fn being_replaced(fact: Fact) -> Fact {
    let is_for_now = *fact.name() == AVAILABLE_REPLICAS;
    match fact.status() {
        Status::Passed | Status::Warning => pending(&fact),
        Status::Failed if is_for_now => pending(&fact),
        Status::Failed | Status::Pending | Status::Unknown | Status::NotApplicable => fact,
    }
}

fn pending(fact: &Fact) -> Fact {
    Fact::pending(fact.name().clone(), Reason::InProgress)
        .wanting(fact.threshold().cloned())
        .observed(fact.observed_at())
}
