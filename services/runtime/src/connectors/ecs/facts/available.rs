//! How many tasks run, whichever task definition they are of.

use passport_evidence::{Fact, Limits, Meaning, Quantity, Reason, StateTable, Status, Threshold};

use super::{AVAILABLE_REPLICAS, primary::Primary, rollout::Rollout};
use crate::connectors::ecs::{model::Service, settings::Wanted};

const ENDING: StateTable = StateTable::new(&[
    ("DRAINING", Meaning::Failed(Reason::BadState)),
    ("INACTIVE", Meaning::Failed(Reason::BadState)),
]);

/// The fact. None at all is never enough, and what a rollout takes away for now is pending.
pub fn fact(service: &Service, wanted: &Wanted, rollout: &Rollout) -> Fact {
    match counts(service) {
        Ok((desired, running)) => of_counts(service, wanted, rollout, desired, running),
        Err(reason) => unknown(reason),
    }
}

fn of_counts(
    service: &Service,
    wanted: &Wanted,
    rollout: &Rollout,
    desired: u32,
    running: u32,
) -> Fact {
    let limits = least(desired, wanted);
    let served = running.min(desired);
    match service.status.as_deref() {
        Some("ACTIVE") => {}
        Some(word @ ("DRAINING" | "INACTIVE")) => {
            return Fact::state(AVAILABLE_REPLICAS, word, &ENDING)
                .showing(Quantity::count(served.into()))
                .wanting(limits.threshold);
        }
        Some(_) => return unknown(Reason::UnrecognizedState).wanting(limits.threshold),
        None => return unknown(Reason::UnexpectedShape).wanting(limits.threshold),
    }
    let fact = judged(served, &limits);
    match (desired, fact.status()) {
        (0, _) if wanted.allow_zero && running == 0 => {
            Fact::not_applicable(AVAILABLE_REPLICAS, Reason::Informational)
                .showing(Quantity::count(0))
        }
        (0, _) if wanted.allow_zero => pending(served, &limits),
        (_, Status::Failed) if rollout.replaces => pending(served, &limits),
        (_, Status::Failed) if served < desired => {
            let fewer = tolerated(wanted).map(|least| Limits {
                threshold: Some(least),
                warn_threshold: limits.threshold,
            });
            let fewer = fewer.map(|it| judged(served, &it));
            let fewer = fewer.filter(|it| it.status() == Status::Warning);
            fewer.unwrap_or(fact)
        }
        _ => fact,
    }
}

/// Desired, and running over all deployments, or in the set that shall serve; of two who count the one
/// that counts less.
fn counts(service: &Service) -> Result<(u32, u32), Reason> {
    let shape = Reason::UnexpectedShape;
    let desired = service.desired_count.ok_or(shape)?;
    let of_service = service.running_count.ok_or(shape)?;
    let running = match service.primary()? {
        Primary::Set(set) => set.running_count.ok_or(shape)?,
        Primary::Deployment(_) => {
            let all = service.deployments.iter().flatten();
            let all: Option<Vec<_>> = all.map(|it| it.0.running_count).collect();
            let all = all.ok_or(shape)?.into_iter();
            all.fold(0, u32::saturating_add)
        }
    };
    Ok((desired, running.min(of_service)))
}

/// The fact where there is no service.
pub fn none(wanted: &Wanted) -> Fact {
    judged(0, &least(0, wanted))
}

fn judged(served: u32, limits: &Limits) -> Fact {
    let served = Quantity::count(served.into());
    Fact::measured(AVAILABLE_REPLICAS, served.into(), limits)
}

fn pending(served: u32, limits: &Limits) -> Fact {
    Fact::pending(AVAILABLE_REPLICAS, Reason::InProgress)
        .showing(Quantity::count(served.into()))
        .wanting(limits.threshold.clone())
}

fn unknown(reason: Reason) -> Fact {
    Fact::unknown(AVAILABLE_REPLICAS, reason)
}

fn least(desired: u32, wanted: &Wanted) -> Limits {
    Limits {
        threshold: at_least(desired.max(wanted.min_replicas).max(1)),
        warn_threshold: None,
    }
}

/// How few are a warning only, where the source says so. What it always wants is not less for it.
fn tolerated(wanted: &Wanted) -> Option<Threshold> {
    at_least(wanted.min_available?.max(wanted.min_replicas))
}

fn at_least(count: u32) -> Option<Threshold> {
    format!(">= {count}").parse().ok()
}
