//! How many pods serve, whichever revision they are of.

use passport_evidence::{Fact, Limits, Quantity, Reason, Status, Threshold};

use super::{
    AVAILABLE_REPLICAS, Kind,
    rollout::{Counts, Phase},
    workload::Workload,
};

/// How many pods must serve.
#[derive(Debug, Clone, Copy)]
pub struct Least {
    /// However few are desired.
    pub replicas: u32,
    /// So many, where more are desired, are a warning only.
    pub available: Option<u32>,
    /// Whether it may be scaled down to nothing.
    pub allows_none: bool,
}

/// How many pods serve.
#[derive(Debug, Clone, Copy)]
pub struct Served {
    /// Of those that are desired.
    pub available: u32,
    /// Desired.
    pub desired: u32,
    /// What must be.
    pub least: Least,
}

/// The fact. None at all is never enough, and what an update takes away for now is pending.
pub fn fact(workload: &Workload, kind: Kind, phase: Phase, least: Least) -> Fact {
    let counts = Counts::of(workload, kind);
    let served = Served::of(counts.available, counts.desired, least);
    let fact = served.judged();
    // It means one, and a server that leaves it out of a workload of several has lost it.
    let is_untold = kind != Kind::DaemonSet && workload.spec.replicas.is_none();
    let fact = match is_untold && counts.current > 1 {
        true => fact.doubt(Reason::UnexpectedShape),
        false => fact,
    };
    match (phase, fact.status()) {
        _ if !workload.is_observed() => served.pending(),
        (Phase::NoneDesired, _) if least.allows_none => {
            Fact::not_applicable(AVAILABLE_REPLICAS, Reason::Informational)
                .showing(Quantity::count(0))
        }
        (Phase::ScalingToZero, _) if least.allows_none => served.pending(),
        (Phase::Updating, Status::Failed) => served.pending(),
        (_, Status::Failed) => served.tolerated(fact),
        _ => fact,
    }
}

// === impl Served ===

impl Served {
    /// As many as are available, of those that are desired.
    pub fn of(available: u32, desired: u32, least: Least) -> Self {
        Self {
            available: available.min(desired),
            desired,
            least,
        }
    }

    /// None, where there is nothing.
    pub fn none(least: Least) -> Self {
        Self::of(0, 0, least)
    }

    /// Whether enough serve.
    pub fn judged(self) -> Fact {
        self.against(&self.limits())
    }

    /// What is not decided yet.
    pub fn pending(self) -> Fact {
        Fact::pending(AVAILABLE_REPLICAS, Reason::InProgress)
            .showing(Quantity::count(self.available.into()))
            .wanting(self.limits().threshold)
    }

    /// A warning in the place of a failure, where the source says that so few may be. What it always
    /// wants is not less for it.
    pub fn tolerated(self, fact: Fact) -> Fact {
        if self.available >= self.desired {
            return fact;
        }
        let least = self.least.available.map(|it| it.max(self.least.replicas));
        let fewer = least.map(|it| Limits {
            threshold: at_least(it),
            warn_threshold: self.limits().threshold,
        });
        let fewer = fewer.map(|it| self.against(&it));
        let fewer = fewer.filter(|it| it.status() == Status::Warning);
        fewer.unwrap_or(fact)
    }

    fn limits(self) -> Limits {
        Limits {
            threshold: at_least(self.desired.max(self.least.replicas).max(1)),
            warn_threshold: None,
        }
    }

    fn against(self, limits: &Limits) -> Fact {
        let available = Quantity::count(self.available.into());
        Fact::measured(AVAILABLE_REPLICAS, available.into(), limits)
    }
}

fn at_least(count: u32) -> Option<Threshold> {
    format!(">= {count}").parse().ok()
}
