//! From what was read of a job to facts. Pure.

mod available;
mod health;
mod images;
mod members;
mod restarts;
mod rollout;
mod standing;

use chrono::{DateTime, Utc};
use passport_connector_sdk::digests::Digests;
use passport_evidence::{Fact, FactName, Reason, Status, Subject, freshness::CREDENTIAL_SCOPE};

use super::{client::Snapshot, settings::Wanted};
use images::Image;
use members::Members;

/// Name of the fact about the deployment.
pub const ROLLOUT_CONDITION: FactName = FactName::fixed("rollout_condition");
/// Name of the fact about what serves.
pub const AVAILABLE_REPLICAS: FactName = FactName::fixed("available_replicas");
/// Name of the fact about what should run.
pub const CONTAINER_HEALTH: FactName = FactName::fixed("container_health");
/// Name of the fact about restarts.
pub const RECENT_RESTARTS: FactName = FactName::fixed("recent_restarts");
/// Name of the fact about what was asked for.
pub const IMAGE_DIGEST: FactName = FactName::fixed("image_digest");

/// The facts of a job.
pub fn of(
    snapshot: &Snapshot,
    wanted: &Wanted,
    subject: Option<&Subject>,
    now: DateTime<Utc>,
) -> Vec<Fact> {
    let digests = Digests::of(subject);
    let at = Some(snapshot.observed_at);
    if snapshot.is_stale {
        let stale = unread(Reason::Stale, &digests).into_iter();
        return stale.map(|it| it.observed(at)).collect();
    }
    let image = Image::of(&snapshot.job, wanted);
    let rollout = rollout::fact(snapshot, wanted, image, &digests, now);
    let is_updating = rollout::is_updating(&rollout);
    let members = Members::of(snapshot, wanted, is_updating, now);
    let facts = [
        rollout,
        available::fact(&members, snapshot, wanted),
        health::fact(&members, snapshot, wanted),
        restarts::fact(&members, wanted, now),
        images::fact(image, &digests),
    ];
    let facts = facts.into_iter().map(|it| it.observed(at));
    match snapshot.has_moved {
        true => facts.map(in_motion).collect(),
        false => facts.collect(),
    }
}

/// The facts where the job does not exist: nothing runs.
pub fn absent(wanted: &Wanted, subject: Option<&Subject>, at: DateTime<Utc>) -> Vec<Fact> {
    let facts = unread(Reason::NoData, &Digests::of(subject)).into_iter();
    let facts = facts.map(|it| match *it.name() == AVAILABLE_REPLICAS {
        true => available::none(wanted),
        false => it,
    });
    facts.map(|it| it.observed(Some(at))).collect()
}

/// The facts where the job could not be read, though it was asked for.
pub fn nothing(reason: Reason, subject: Option<&Subject>) -> Vec<Fact> {
    let mut facts = unread(reason, &Digests::of(subject));
    facts.push(Fact::unknown(CREDENTIAL_SCOPE, reason));
    facts
}

fn unread(reason: Reason, digests: &Digests<'_>) -> Vec<Fact> {
    let names = [
        ROLLOUT_CONDITION,
        AVAILABLE_REPLICAS,
        CONTAINER_HEALTH,
        RECENT_RESTARTS,
    ];
    let facts = names.map(|it| Fact::unknown(it, reason));
    let image = digests.unread(IMAGE_DIGEST, reason);
    facts.into_iter().chain([image]).collect()
}

/// What was read before a change and after it is of two moments. What could not be read stays so.
fn in_motion(fact: Fact) -> Fact {
    let pending = Fact::pending(fact.name().clone(), Reason::InProgress)
        .wanting(fact.threshold().cloned())
        .observed(fact.observed_at());
    match fact.status() {
        Status::Unknown | Status::NotApplicable => fact,
        Status::Passed | Status::Failed | Status::Warning | Status::Pending => pending,
    }
}
