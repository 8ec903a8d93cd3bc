//! From what was read of a workload to facts. Pure.

mod available;
mod health;
mod images;
mod members;
mod restarts;
pub mod rollout;

use chrono::{DateTime, Utc};
use passport_connector_sdk::digests::Digests;
use passport_evidence::{Fact, FactName, Reason, Status, Subject, freshness::CREDENTIAL_SCOPE};

use super::{client::Snapshot, settings::Wanted};
use members::Members;

/// Name of the fact about the rollout.
pub const ROLLOUT_CONDITION: FactName = FactName::fixed("rollout_condition");
/// Name of the fact about what serves.
pub const AVAILABLE_REPLICAS: FactName = FactName::fixed("available_replicas");
/// Name of the fact about the newest pods.
pub const CONTAINER_HEALTH: FactName = FactName::fixed("container_health");
/// Name of the fact about restarts.
pub const RECENT_RESTARTS: FactName = FactName::fixed("recent_restarts");
/// Name of the fact about what runs.
pub const IMAGE_DIGEST: FactName = FactName::fixed("image_digest");

/// The facts of a workload.
pub fn of(
    snapshot: &Snapshot,
    wanted: &Wanted,
    subject: Option<&Subject>,
    now: DateTime<Utc>,
) -> Vec<Fact> {
    let workload = &snapshot.workload;
    let kind = wanted.scope.kind;
    let phase = rollout::phase(workload, kind);
    let digests = Digests::of(subject);
    let rollout = rollout::fact(phase);
    let available = available::fact(workload, phase, wanted);
    let at = snapshot.observed_at;
    let of_workload = [rollout.clone(), available].map(|it| it.observed(Some(at)));
    let (of_pods, at) = match &snapshot.pods {
        Ok(pods) => {
            let members = Members::of(workload, kind, pods);
            let facts = [
                health::fact(&members, &wanted.ignored, now),
                restarts::fact(&members, wanted, now),
                images::fact(&members, workload, wanted, &digests, rollout.status()),
            ];
            (facts, at.min(pods.observed_at))
        }
        Err(reason) => (without_pods(*reason, &digests), at),
    };
    let of_pods = of_pods.map(|it| it.observed(Some(at)));
    let facts = of_workload.into_iter().chain(of_pods);
    match snapshot.has_moved {
        true => facts.map(in_motion).collect(),
        false => facts.collect(),
    }
}

/// The facts where the workload does not exist: nothing runs.
pub fn absent(wanted: &Wanted, subject: Option<&Subject>, at: Option<DateTime<Utc>>) -> Vec<Fact> {
    let rollout = Fact::unknown(ROLLOUT_CONDITION, Reason::NoData);
    let available = available::none(wanted);
    let of_pods = without_pods(Reason::NoData, &Digests::of(subject));
    let facts = [rollout, available].into_iter().chain(of_pods);
    facts.map(|it| it.observed(at)).collect()
}

/// The facts where the workload could not be read, though it was asked for.
pub fn nothing(reason: Reason, subject: Option<&Subject>) -> Vec<Fact> {
    let names = [ROLLOUT_CONDITION, AVAILABLE_REPLICAS];
    let of_workload = names.map(|it| Fact::unknown(it, reason));
    let of_pods = without_pods(reason, &Digests::of(subject));
    let of_token = Fact::unknown(CREDENTIAL_SCOPE, reason);
    let facts = of_workload.into_iter().chain(of_pods);
    facts.chain([of_token]).collect()
}

fn without_pods(reason: Reason, digests: &Digests<'_>) -> [Fact; 3] {
    [
        Fact::unknown(CONTAINER_HEALTH, reason),
        Fact::unknown(RECENT_RESTARTS, reason),
        digests.unread(IMAGE_DIGEST, reason),
    ]
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
