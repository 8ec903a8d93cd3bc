//! What those said who were asked.

use passport_evidence::{Actors, Fact, Limits, Meaning, Quantity, Reason, Role, StateTable};

use super::{APPROVERS, threshold};
use crate::connectors::servicenow::{
    cell,
    model::{Approver, Record as _},
    pull::Found,
    wanted::Wanted,
};

const APPROVED: &str = "approved";
const REJECTED: &str = "rejected";
/// Somebody has not decided yet.
const OPEN: [&str; 2] = ["requested", "more_info"];
/// Nobody decides.
const OTHERS: [&str; 4] = ["not requested", "cancelled", "not_required", "duplicate"];
/// The changes that are approved once for all times.
const STANDARD: &str = "standard";

const STATES: StateTable = StateTable::new(&[
    (REJECTED, Meaning::Failed(Reason::BadState)),
    ("requested", Meaning::Pending(Reason::AwaitingApproval)),
]);

/// What those said who were asked about the change.
pub struct Approvals<'a> {
    /// What they were asked, as far as it is about this change.
    rows: Vec<&'a Approver>,
    /// Why some of it may not be known.
    pub doubt: Option<Reason>,
    /// Whether the change needs no approval of its own.
    pub is_standard: bool,
}

impl<'a> Approvals<'a> {
    /// Of what was read.
    pub fn of(found: &'a Found) -> Self {
        let is_standard = cell::coded(found.change.kind.as_ref()) == Some(STANDARD);
        let rows = match &found.approvers {
            Ok(rows) => rows,
            Err(reason) => {
                return Self {
                    rows: Vec::new(),
                    doubt: Some(*reason),
                    is_standard,
                };
            }
        };
        let change = found.change.id();
        let is_its = |it: &Approver| change.is_some_and(|id| cell::is(it.sysapproval.as_ref(), id));
        let all = || rows.rows.iter().map(|it| &it.0);
        let doubts = [
            all().map(doubt).max_by_key(Option::is_some).flatten(),
            (!all().all(is_its)).then_some(Reason::FilterNotApplied),
            rows.gap,
        ];
        Self {
            rows: all().filter(|it| is_its(it)).collect(),
            doubt: doubts.into_iter().flatten().next(),
            is_standard,
        }
    }

    /// Those who approved.
    pub fn approved(&self) -> impl Iterator<Item = &'a Approver> {
        self.rows.iter().copied().filter(|it| has(it, APPROVED))
    }

    /// Whether somebody refused.
    pub fn is_rejected(&self) -> bool {
        self.rows.iter().any(|it| has(it, REJECTED))
    }

    /// The fact: how many approved, and that nobody refused or is still asked.
    pub fn fact(&self, wanted: &Wanted) -> Fact {
        let refused = self.rows.iter().filter(|it| has(it, REJECTED));
        let refused = refused.map(|it| (Role::Decliner, it.person()));
        let actors = wanted.actors.told(self.approvers().chain(refused));
        self.counted(wanted).involving(actors)
    }

    /// Who requested the change, and those who approved it.
    pub fn of_duties(&self, requester: &str, wanted: &Wanted) -> Actors {
        let requester = (Role::Requester, Some(requester));
        wanted.actors.told(self.approvers().chain([requester]))
    }

    fn approvers(&self) -> impl Iterator<Item = (Role, Option<&'a str>)> {
        self.approved().map(|it| (Role::Approver, it.person()))
    }

    fn counted(&self, wanted: &Wanted) -> Fact {
        let count = Quantity::count(self.approved().count() as u64);
        let is_open = |it: &&Approver| OPEN.iter().any(|state| has(it, state));
        let told = |fact: Fact| fact.showing(count.clone());
        if self.is_rejected() {
            return told(Fact::state(APPROVERS, REJECTED, &STATES));
        }
        if let Some(reason) = self.doubt {
            return Fact::unknown(APPROVERS, reason);
        }
        if self.rows.iter().any(is_open) {
            return told(Fact::state(APPROVERS, "requested", &STATES));
        }
        match (
            self.approved().next(),
            self.rows.is_empty() && self.is_standard,
        ) {
            (Some(_), _) => Fact::measured(APPROVERS, count.into(), &limits(wanted)),
            (None, true) => Fact::not_applicable(APPROVERS, Reason::Informational),
            (None, false) => told(Fact::unknown(APPROVERS, Reason::NoData)),
        }
    }
}

fn has(approver: &Approver, state: &str) -> bool {
    cell::is(approver.state.as_ref(), state)
}

/// Why an answer is not known.
fn doubt(approver: &Approver) -> Option<Reason> {
    let Some(state) = cell::coded(approver.state.as_ref()) else {
        return Some(Reason::UnexpectedShape);
    };
    let known = [APPROVED, REJECTED];
    let is_known = known.contains(&state) || OPEN.contains(&state) || OTHERS.contains(&state);
    (!is_known).then_some(Reason::UnrecognizedState)
}

fn limits(wanted: &Wanted) -> Limits {
    Limits {
        threshold: threshold(&APPROVERS, wanted),
        warn_threshold: None,
    }
}
