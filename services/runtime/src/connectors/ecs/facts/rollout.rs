//! How far a rollout is, after the pages "Deployment" and "TaskSet" of the API reference. That a service is
//! stable says little: it is so after a rollback too, and with no task at all.

use passport_evidence::{Fact, Meaning, Reason, StateTable};

use super::{ROLLOUT_CONDITION, newest::Newest, primary::Primary};
use crate::connectors::ecs::{
    model::{Deployment, Service, TaskSet},
    scope::ScopeSettings,
    snapshot::Rollouts,
};

/// ECS' own words, and three of ours.
pub const STATES: StateTable = StateTable::new(&[
    ("COMPLETED", Meaning::Passed),
    ("STEADY_STATE", Meaning::Passed),
    ("IN_PROGRESS", Meaning::Pending(Reason::InProgress)),
    ("PENDING", Meaning::Pending(Reason::InProgress)),
    ("STABILIZING", Meaning::Pending(Reason::InProgress)),
    ("FAILED", Meaning::Failed(Reason::BadState)),
    ("STOPPED", Meaning::Failed(Reason::BadState)),
    ("STOP_REQUESTED", Meaning::Failed(Reason::BadState)),
    ("ROLLBACK_REQUESTED", Meaning::Failed(Reason::BadState)),
    ("ROLLBACK_IN_PROGRESS", Meaning::Failed(Reason::BadState)),
    ("ROLLBACK_SUCCESSFUL", Meaning::Failed(Reason::BadState)),
    ("ROLLBACK_FAILED", Meaning::Failed(Reason::BadState)),
    ("none_desired", Meaning::Warning(Reason::NoData)),
    ("told_of_failure", Meaning::Warning(Reason::Degraded)),
]);

/// How an event begins to tell of a deployment that failed.
const FAILURES: [&str; 4] = [
    "deployment failed",
    "rolling back",
    "rolled back",
    "rollback",
];

/// How far a rollout is.
#[derive(Debug, Clone)]
pub struct Rollout {
    /// The fact.
    pub fact: Fact,
    /// How far what shall serve is, by itself: a rollback that has ended is no part of it.
    pub of_primary: Fact,
    /// Whether tasks are being replaced.
    pub replaces: bool,
}

// === impl Rollout ===

impl Rollout {
    /// Of a service and its newest rollouts.
    pub fn of(
        service: &Service,
        rollouts: Result<&Rollouts, Reason>,
        scope: &ScopeSettings,
    ) -> Self {
        let (own, replaces) = match of_primary(service) {
            Ok(Own { fact, replaces }) => (fact, replaces),
            Err(reason) => (unknown(reason), false),
        };
        if !service.is_rolled_out_by_ecs() {
            return Self {
                fact: own.clone(),
                of_primary: own,
                replaces,
            };
        }
        let newest = rollouts.and_then(|it| Newest::of(it, scope));
        let (fact, of_primary) = match newest {
            Ok(Newest::Ended(ended)) => (Fact::fold(ROLLOUT_CONDITION, &[own.clone(), ended]), own),
            Ok(Newest::Ongoing(ongoing)) => {
                let both = Fact::fold(ROLLOUT_CONDITION, &[own, ongoing]);
                (both.clone(), both)
            }
            Ok(Newest::Succeeded) => (own.clone(), own),
            Ok(Newest::Untold(reason)) => (own.clone().doubt(reason), own.doubt(reason)),
            // None at all, or none that may be read: what the service itself tells has to do.
            Ok(Newest::None) | Err(Reason::Denied | Reason::QueryRejected) => {
                (by_events(own.clone(), service), own)
            }
            Err(reason) => (own.clone().doubt(reason), own.doubt(reason)),
        };
        Self {
            fact,
            of_primary,
            replaces,
        }
    }
}

/// How far what shall serve is, and whether tasks are being replaced.
struct Own {
    fact: Fact,
    replaces: bool,
}

fn of_primary(service: &Service) -> Result<Own, Reason> {
    match service.status.as_deref() {
        Some("ACTIVE") => {}
        Some("DRAINING" | "INACTIVE") => return Err(Reason::NoData),
        Some(_) => return Err(Reason::UnrecognizedState),
        None => return Err(Reason::UnexpectedShape),
    }
    match service.primary()? {
        Primary::Deployment(primary) => of_deployment(service, primary),
        Primary::Set(primary) => of_set(service, primary),
    }
}

fn of_deployment(service: &Service, primary: &Deployment) -> Result<Own, Reason> {
    let others = service.deployments.iter().flatten();
    let others = others.filter(|it| it.0.is_there()).count();
    let is_alone = others == 1;
    let fact = match primary.rollout_state.as_deref() {
        Some("COMPLETED") => match counts(service, primary)? {
            _ if !is_alone => state("IN_PROGRESS"),
            (0, 0, 0) => state("none_desired").showing("COMPLETED"),
            (desired, running, 0) if desired == running => state("COMPLETED"),
            _ => state("IN_PROGRESS"),
        },
        Some(word @ ("IN_PROGRESS" | "FAILED")) => telling(state(word), word, primary),
        Some(_) => return Err(Reason::UnrecognizedState),
        // ECS leaves it out behind a Classic Load Balancer.
        None => return Err(Reason::NoData),
    };
    let replaces = !is_alone || primary.rollout_state.as_deref() == Some("IN_PROGRESS");
    Ok(Own { fact, replaces })
}

/// With how many tasks failed to start or to stay meanwhile, where any did.
fn telling(fact: Fact, word: &str, primary: &Deployment) -> Fact {
    match primary.failed_tasks {
        Some(failed @ 1..) => fact.showing(format!("{word}: {failed} failed tasks").as_str()),
        Some(0) | None => fact,
    }
}

/// Desired, running and pending, if both who say how many are desired agree.
fn counts(service: &Service, primary: &Deployment) -> Result<(u32, u32, u32), Reason> {
    let counts = (
        service.desired_count,
        primary.desired_count,
        primary.running_count,
        primary.pending_count,
    );
    match counts {
        (Some(of_service), Some(desired), Some(running), Some(pending)) => {
            Ok(match of_service == desired {
                true => (desired, running, pending),
                // It was scaled a moment ago.
                false => (desired, running, pending.max(1)),
            })
        }
        _ => Err(Reason::UnexpectedShape),
    }
}

fn of_set(service: &Service, primary: &TaskSet) -> Result<Own, Reason> {
    let sets = service.task_sets.iter().flatten();
    let mut others = sets.filter(|it| it.0.status.as_deref() != Some("PRIMARY"));
    let is_alone = others.all(|it| it.0.status.as_deref() == Some("DRAINING"));
    let scale = primary.scale.as_ref().map(|it| &it.0);
    let scale = scale.ok_or(Reason::UnexpectedShape)?;
    let is_whole = scale.value == Some(100.0) && scale.unit.as_deref() == Some("PERCENT");
    let (desired, running) = (service.desired_count, primary.running_count);
    let fact = match primary.stability_status.as_deref() {
        Some("STEADY_STATE") if !is_alone || !is_whole => state("STABILIZING"),
        Some("STEADY_STATE") => match (desired, running) {
            (Some(0), Some(_)) => state("none_desired").showing("STEADY_STATE"),
            (Some(desired), Some(running)) if running >= desired => state("STEADY_STATE"),
            (Some(_), Some(_)) => state("STABILIZING"),
            (None, _) | (_, None) => return Err(Reason::UnexpectedShape),
        },
        Some("STABILIZING") => state("STABILIZING"),
        Some(_) => return Err(Reason::UnrecognizedState),
        None => return Err(Reason::UnexpectedShape),
    };
    let replaces = !is_alone || !is_whole;
    Ok(Own { fact, replaces })
}

/// A pass by itself stands where no event tells of a failure. An event that can't be read may.
fn by_events(own: Fact, service: &Service) -> Fact {
    let Some(events) = &service.events else {
        return own.doubt(Reason::NoData);
    };
    let tells = |message: &String| {
        let message = message.to_lowercase();
        FAILURES.iter().any(|it| message.contains(it))
    };
    let mut messages = events.iter().map(|it| it.0.message.as_ref());
    if messages.clone().flatten().any(tells) {
        let told = state("told_of_failure").showing("COMPLETED");
        return Fact::fold(ROLLOUT_CONDITION, &[own, told]);
    }
    match messages.any(|it| it.is_none()) {
        true => own.doubt(Reason::UnexpectedShape),
        false => own,
    }
}

fn state(word: &str) -> Fact {
    Fact::state(ROLLOUT_CONDITION, word, &STATES)
}

fn unknown(reason: Reason) -> Fact {
    Fact::unknown(ROLLOUT_CONDITION, reason)
}
