//! How many pods serve, whichever revision they are of.

use passport_evidence::{Fact, Limits, Meaning, Quantity, Reason, StateTable, Status, Threshold};

use super::{
    AVAILABLE_REPLICAS,
    rollout::{Counts, Phase},
};
use crate::connectors::kubernetes::{model::Workload, settings::Wanted};

const LENIENT: StateTable =
    StateTable::new(&[("fewer", Meaning::Warning(Reason::ThresholdMissed))]);

/// The fact. None at all is never enough, and what an update takes away for now is pending.
pub fn fact(workload: &Workload, phase: Phase, wanted: &Wanted) -> Fact {
    let counts = Counts::of(workload, wanted.scope.kind);
    let (limits, available) = (least(counts.desired, wanted), counts.served());
    let fact = judged(available, &limits);
    match (phase, fact.status()) {
        (Phase::NoneDesired, _) if wanted.allow_zero => {
            Fact::not_applicable(AVAILABLE_REPLICAS, Reason::Informational)
                .showing(Quantity::count(0))
        }
        (Phase::NotObserved, _) => pending(available, &limits),
        (Phase::ScalingToZero, _) if wanted.allow_zero => pending(available, &limits),
        (Phase::Updating, Status::Failed) => pending(available, &limits),
        (_, Status::Failed) if wanted.min_available.is_some_and(|it| available >= it) => {
            Fact::state(AVAILABLE_REPLICAS, "fewer", &LENIENT)
                .showing(Quantity::count(available.into()))
                .wanting(limits.threshold)
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
    let least = desired.max(wanted.min_replicas).max(1);
    Limits {
        threshold: format!(">= {least}").parse::<Threshold>().ok(),
        warn_threshold: None,
    }
}

impl Counts {
    /// As many as are available, of those that are wanted.
    fn served(self) -> u32 {
        self.available.min(self.desired)
    }
}
