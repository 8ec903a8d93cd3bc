//! From what was read of a service to facts. Pure.

mod available;
mod definition;
mod health;
mod images;
mod newest;
mod primary;
mod restarts;
pub mod rollout;
mod stops;

use chrono::{DateTime, Utc};
use passport_connector_sdk::digests::Digests;
use passport_evidence::{Fact, FactName, Reason, Subject, freshness::CREDENTIAL_SCOPE};

use super::{
    expected::Expected,
    model::Service,
    settings::Wanted,
    snapshot::{Found, Snapshot, Tasks},
};
use rollout::Rollout;

/// Name of the fact about the rollout.
pub const ROLLOUT_CONDITION: FactName = FactName::fixed("rollout_condition");
/// Name of the fact about what shall serve.
pub const TASK_DEFINITION: FactName = FactName::fixed("task_definition");
/// Name of the fact about what serves.
pub const AVAILABLE_REPLICAS: FactName = FactName::fixed("available_replicas");
/// Name of the fact about the tasks.
pub const CONTAINER_HEALTH: FactName = FactName::fixed("container_health");
/// Name of the fact about tasks that failed.
pub const RECENT_RESTARTS: FactName = FactName::fixed("recent_restarts");
/// Name of the fact about why tasks stopped.
pub const TASK_STOP_REASON: FactName = FactName::fixed("task_stop_reason");
/// Name of the fact about what runs.
pub const IMAGE_DIGEST: FactName = FactName::fixed("image_digest");

/// The facts of what was read.
pub fn of(
    snapshot: &Snapshot,
    wanted: &Wanted,
    subject: Option<&Subject>,
    now: DateTime<Utc>,
) -> Vec<Fact> {
    match &snapshot.service {
        Found::Service(service) => of_tasks(service, snapshot, wanted, subject, now),
        Found::Missing => missing(wanted, subject, snapshot.observed_at),
        Found::Untold(reason) => {
            let found = of_service(*reason, wanted, subject).into_iter();
            let at = Some(snapshot.observed_at);
            found.map(|fact| fact.observed(at)).collect()
        }
    }
}

fn of_tasks(
    service: &Service,
    snapshot: &Snapshot,
    wanted: &Wanted,
    subject: Option<&Subject>,
    now: DateTime<Utc>,
) -> Vec<Fact> {
    let at = snapshot.observed_at;
    let rollouts = snapshot.rollouts.as_ref().map_err(|reason| *reason);
    let rollout = Rollout::of(service, rollouts, &wanted.scope);
    let of_rollout = rollouts.map_or(at, |it| it.observed_at.min(at));
    let definition = definition::fact(service, wanted, subject, &rollout);
    let available = available::fact(service, wanted, &rollout);
    let digests = Digests::of(subject);
    let running = snapshot.running.as_ref().map_err(|reason| *reason);
    let health = health::fact(running, service, now);
    let image = images::fact(running, service, wanted, &digests, &rollout);
    let of_running = running.map_or(at, |it| it.observed_at.min(at));
    let stopped = snapshot.stopped.as_ref().map_err(|reason| *reason);
    let restarts = restarts::fact(stopped, running, wanted, now);
    let stops = stops::fact(stopped, wanted, now);
    vec![
        rollout.fact.observed(Some(of_rollout)),
        definition.observed(Some(of_rollout)),
        available.observed(Some(at)),
        health.observed(Some(of_running)),
        restarts.observed(Some(
            stopped.map_or(at, |it| it.observed_at.min(of_running)),
        )),
        stops.observed(Some(stopped.map_or(at, |it| it.observed_at.min(at)))),
        image.observed(Some(of_running.min(of_rollout))),
    ]
}

/// The facts of a service that does not exist: nothing runs.
fn missing(wanted: &Wanted, subject: Option<&Subject>, at: DateTime<Utc>) -> Vec<Fact> {
    let found = of_service(Reason::NoData, wanted, subject).into_iter();
    let found = found.map(|fact| match *fact.name() == AVAILABLE_REPLICAS {
        true => available::none(wanted),
        false => fact,
    });
    found.map(|fact| fact.observed(Some(at))).collect()
}

/// The facts where nothing is known of the service.
pub fn of_service(reason: Reason, wanted: &Wanted, subject: Option<&Subject>) -> Vec<Fact> {
    let expected = Expected::of(wanted.expected.as_ref(), subject);
    vec![
        Fact::unknown(ROLLOUT_CONDITION, reason),
        definition::unread(reason, &expected),
        Fact::unknown(AVAILABLE_REPLICAS, reason),
        Fact::unknown(CONTAINER_HEALTH, reason),
        Fact::unknown(RECENT_RESTARTS, reason).wanting(wanted.restarts.threshold.clone()),
        Fact::unknown(TASK_STOP_REASON, reason),
        Digests::of(subject).unread(IMAGE_DIGEST, reason),
    ]
}

/// The facts where nothing is known, of the credential neither.
pub fn nothing(reason: Reason, wanted: &Wanted, subject: Option<&Subject>) -> Vec<Fact> {
    let of_credential = Fact::unknown(CREDENTIAL_SCOPE, reason);
    let of_service = of_service(reason, wanted, subject).into_iter();
    of_service.chain([of_credential]).collect()
}

/// Takes away what fewer tasks than ECS counts can't prove.
fn complete(fact: Fact, tasks: &Tasks, service: &Service) -> Fact {
    let run = tasks.all.iter();
    let run = run.filter(|it| it.last_status.as_deref() == Some("RUNNING"));
    let counted = service.running_count.map(usize::try_from);
    let are_counted = matches!(counted, Some(Ok(counted)) if run.count() >= counted);
    match tasks.are_all && are_counted {
        true => fact,
        false => fact.doubt(Reason::Incomplete),
    }
}
