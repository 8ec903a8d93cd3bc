//! From what was read of a workload to facts. Pure.

pub mod members;
pub mod reasons;
pub mod restarts;

use chrono::{DateTime, Utc};
use passport_connector_sdk::digests::Digests;
use passport_evidence::{Fact, FactName, Reason, Status, Subject, freshness::CREDENTIAL_SCOPE};

use super::{batch, client::Pods, scope::Target, settings::Wanted};
use crate::cluster::{
    AVAILABLE_REPLICAS, CONTAINER_HEALTH, IMAGE_DIGEST, Kind, ROLLOUT_CONDITION, Snapshot,
    available::{self, Served},
    health, images, in_motion, rollout,
    workload::Workload,
};
use members::Members;

/// Name of the fact about restarts.
pub const RECENT_RESTARTS: FactName = FactName::fixed("recent_restarts");

/// The facts of a workload.
pub fn of(
    snapshot: &Snapshot<Workload, Result<Pods, Reason>>,
    wanted: &Wanted,
    kind: Kind,
    subject: Option<&Subject>,
    now: DateTime<Utc>,
) -> Vec<Fact> {
    let workload = &snapshot.object;
    let phase = rollout::phase(workload, kind);
    let digests = Digests::of(subject);
    let rollout = rollout::fact(phase);
    let available = available::fact(workload, kind, phase, wanted.least);
    let at = snapshot.observed_at;
    let of_workload = [rollout.clone(), available].map(|it| it.observed(Some(at)));
    let (of_pods, at) = match &snapshot.parts {
        Ok(pods) => {
            let members = Members::of(workload, kind, pods);
            let facts = [
                health::fact(&members.newest, members.updated, &wanted.ignored, now),
                restarts::fact(&members, wanted, now),
                image(&members, workload, wanted, &digests, rollout.status()),
            ];
            let facts = facts.into_iter();
            let facts = facts.chain(reasons::facts(&members, wanted, now));
            (facts.collect(), at.min(pods.observed_at))
        }
        Err(reason) => (Vec::from(without_pods(*reason, &digests)), at),
    };
    let of_pods = of_pods.into_iter().map(|it| it.observed(Some(at)));
    let facts = of_workload.into_iter().chain(of_pods);
    match snapshot.has_moved {
        true => facts.map(in_motion).collect(),
        false => facts.collect(),
    }
}

/// The facts where the object does not exist: nothing runs.
pub fn absent(wanted: &Wanted, subject: Option<&Subject>, at: Option<DateTime<Utc>>) -> Vec<Fact> {
    let available = Served::none(wanted.least).judged();
    let facts = unread(available, Reason::NoData, wanted, subject);
    facts.into_iter().map(|it| it.observed(at)).collect()
}

/// The facts where the object could not be read, though it was asked for.
pub fn nothing(reason: Reason, wanted: &Wanted, subject: Option<&Subject>) -> Vec<Fact> {
    let available = Fact::unknown(AVAILABLE_REPLICAS, reason);
    let mut facts = unread(available, reason, wanted, subject);
    facts.push(Fact::unknown(CREDENTIAL_SCOPE, reason));
    facts
}

/// All but what is available is not known.
fn unread(
    available: Fact,
    reason: Reason,
    wanted: &Wanted,
    subject: Option<&Subject>,
) -> Vec<Fact> {
    match wanted.scope.kind.target() {
        Target::Batch(_) => batch::unread(reason, subject),
        Target::Workload(_) => {
            let rollout = Fact::unknown(ROLLOUT_CONDITION, reason);
            let of_pods = without_pods(reason, &Digests::of(subject));
            let facts = [rollout, available].into_iter().chain(of_pods);
            facts.chain(wanted.beside.unknown(reason)).collect()
        }
    }
}

fn without_pods(reason: Reason, digests: &Digests<'_>) -> [Fact; 3] {
    [
        Fact::unknown(CONTAINER_HEALTH, reason),
        Fact::unknown(RECENT_RESTARTS, reason),
        digests.unread(IMAGE_DIGEST, reason),
    ]
}

/// Which image runs.
fn image(
    members: &Members<'_>,
    workload: &Workload,
    wanted: &Wanted,
    digests: &Digests<'_>,
    rollout: Status,
) -> Fact {
    let first = workload.spec.template.spec.containers.first();
    let name = wanted.container.as_deref();
    let Some(name) = name.or(first.map(|it| it.name.as_str())) else {
        return digests.unread(IMAGE_DIGEST, Reason::UnexpectedShape);
    };
    let fact = images::of_pods(digests, &members.kept, name, rollout == Status::Pending);
    match members.are_all {
        true => fact,
        false => fact.doubt(Reason::Incomplete),
    }
}
