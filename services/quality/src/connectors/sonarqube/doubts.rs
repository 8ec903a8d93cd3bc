//! What takes conclusions away: another commit, an analysis under way, one that failed. Pure.

use passport_evidence::{Fact, Reason, Status};

use super::{
    facts::{QUALITY_GATE, analysis, is_queued},
    pull::Found,
    states,
    tasks::Tasks,
};

/// What takes conclusions away.
#[derive(Debug, Clone, Copy)]
pub struct Doubts {
    is_queued: bool,
    /// The last report came to nothing.
    is_broken: bool,
    /// What is judged is not known to be of the commit: nothing that it says counts.
    other: Option<Reason>,
    /// Its parts may be of different analyses: nothing of them counts.
    mixed: Option<Reason>,
    /// Nothing can pass for this reason.
    missing: Option<Reason>,
    /// The measures are of a newer analysis than the judged one.
    measures_newer: bool,
    /// The gate is live, and this is why nobody knows whether an analysis is on its way.
    tasks_unread: Option<Reason>,
}

// === impl Doubts ===

impl Doubts {
    /// Those that what was found gives reason for.
    pub fn of(found: &Found, of_commit: &Fact) -> Self {
        let analysis = analysis(found);
        let chosen = found.chosen.as_ref();
        let other = match of_commit.status() {
            Status::Passed | Status::NotApplicable | Status::Warning => None,
            Status::Failed => Some(Reason::OtherSubject),
            Status::Pending => Some(Reason::InProgress),
            Status::Unknown => match (analysis, of_commit.reason()) {
                (None, _) => None,
                (Some(_), Some(reason @ (Reason::NoSubject | Reason::Incomplete))) => Some(reason),
                (Some(_), _) => Some(Reason::OtherSubject),
            },
        };
        let is_absent = chosen.is_ok_and(|it| it.analysis.is_none());
        Self {
            is_queued: is_queued(found),
            is_broken: found.tasks.as_ref().is_ok_and(Tasks::is_broken),
            other,
            mixed: found.mixed,
            missing: is_absent.then_some(Reason::NoData),
            measures_newer: chosen.is_ok_and(|it| !it.is_newest),
            tasks_unread: found
                .tasks
                .as_ref()
                .err()
                .filter(|_| found.is_live)
                .copied(),
        }
    }

    /// The gate's own verdict.
    pub fn of_gate(&self, gate: Fact) -> Fact {
        if self.is_queued {
            return self.waiting(gate);
        }
        let gate = match self.is_broken && is_judged(&gate) {
            true => gate.contradict(Reason::Stale),
            false => gate,
        };
        self.of_any(gate)
    }

    /// The gate of an older analysis, while a newer one is made.
    fn waiting(&self, gate: Fact) -> Fact {
        let fact = Fact::pending(QUALITY_GATE, Reason::InProgress);
        let fact = match gate.value() {
            Some(value) => fact.showing(value.clone()),
            None => fact,
        };
        fact.wanting(Some(states::good_gate()))
    }

    /// A part of what the gate says.
    pub fn of_part(&self, fact: Fact) -> Fact {
        let fact = self.of_any(fact);
        match (self.is_queued, self.is_broken) {
            (true, _) => fact.doubt(Reason::InProgress),
            (false, true) => fact.doubt(Reason::Stale),
            (false, false) => fact,
        }
    }

    /// A measure, which is of the newest analysis.
    pub fn of_measure(&self, fact: Fact) -> Fact {
        let fact = self.of_part(fact);
        match self.measures_newer && is_judged(&fact) {
            true => fact.contradict(Reason::OtherSubject),
            false => fact,
        }
    }

    /// The task is the branch's, whichever commit it was of: that it failed stays true.
    pub fn of_task(&self, fact: Fact) -> Fact {
        let doubts = self.other.iter().chain(&self.missing);
        doubts.fold(fact, |fact, reason| fact.doubt(*reason))
    }

    fn of_any(&self, fact: Fact) -> Fact {
        let fact = match self.other.or(self.mixed) {
            Some(reason) if is_judged(&fact) => fact.contradict(reason),
            Some(_) | None => fact,
        };
        let doubts = self.missing.iter().chain(&self.tasks_unread);
        doubts.fold(fact, |fact, reason| fact.doubt(*reason))
    }
}

fn is_judged(fact: &Fact) -> bool {
    match fact.status() {
        Status::Passed | Status::Warning | Status::Failed => true,
        Status::Pending | Status::Unknown | Status::NotApplicable => false,
    }
}
