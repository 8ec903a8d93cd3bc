//! How many pods serve, whichever revision they are of.

use passport_evidence::{Fact, Limits, Quantity, Reason, Status, Threshold};

use super::{
    AVAILABLE_REPLICAS,
    rollout::{Counts, Phase},
};
use crate::connectors::kubernetes::{model::Workload, scope::Kind, settings::Wanted};

/// The fact. None at all is never enough, and what an update takes away for now is pending.
pub fn fact(workload: &Workload, phase: Phase, wanted: &Wanted) -> Fact {
    let counts = Counts::of(workload, wanted.scope.kind);
    let (limits, available) = (least(counts.desired, wanted), counts.served());
    let fact = judged(available, &limits);
    // It means one, and a server that leaves it out of a workload of several has lost it.
    let is_untold = wanted.scope.kind != Kind::DaemonSet && workload.spec.replicas.is_none();
    let fact = match is_untold && counts.current > 1 {
        true => fact.doubt(Reason::UnexpectedShape),
        false => fact,
    };
    match (phase, fact.status()) {
        _ if !workload.is_observed() => pending(available, &limits),
        (Phase::NoneDesired, _) if wanted.allow_zero => {
            Fact::not_applicable(AVAILABLE_REPLICAS, Reason::Informational)
                .showing(Quantity::count(0))
        }
        (Phase::ScalingToZero, _) if wanted.allow_zero => pending(available, &limits),
        (Phase::Updating, Status::Failed) => pending(available, &limits),
        (_, Status::Failed) if available < counts.desired => {
            let fewer = tolerated(wanted).map(|least| Limits {
                threshold: Some(least),
                warn_threshold: limits.threshold,
            });
            let fewer = fewer.map(|it| judged(available, &it));
            let fewer = fewer.filter(|it| it.status() == Status::Warning);
            fewer.unwrap_or(fact)
        }
        _ => fact,
    }
}

/// The fact where there is no workload.
pub fn none(wanted: &Wanted) -> Fact {
    judged(0, &least(0, wanted))
}

fn judged(available: u32, limits: &Limits) -> Fact {
    Fact::measured(
        AVAILABLE_REPLICAS,
        Quantity::count(available.into()).into(),
        limits,
    )
}

fn pending(available: u32, limits: &Limits) -> Fact {
    Fact::pending(AVAILABLE_REPLICAS, Reason::InProgress)
        .showing(Quantity::count(available.into()))
        .wanting(limits.threshold.clone())
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

impl Counts {
    /// As many as are available, of those that are wanted.
    fn served(self) -> u32 {
        self.available.min(self.desired)
    }
}
