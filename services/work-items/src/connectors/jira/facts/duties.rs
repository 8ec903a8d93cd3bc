//! Whether nobody approved what they asked for themselves. Pure.

use passport_evidence::{Fact, Meaning, Reason, StateTable};

use super::{
    DUTIES, actors,
    approvers::APPROVED,
    rounds::{self, Latest},
};
use crate::connectors::jira::{model::Person, pull::Seen, wanted::Wanted};

const STATES: StateTable = StateTable::new(&[
    ("ok", Meaning::Passed),
    ("self-approved", Meaning::Failed(Reason::BadState)),
]);

/// The fact. Only approvals of service management tell who approved.
pub fn fact(seen: &Seen, wanted: &Wanted) -> Fact {
    if !wanted.approval.separates_duties {
        return Fact::not_applicable(DUTIES, Reason::NotConfigured);
    }
    let reporter = seen.ticket.fields.reporter.required();
    let latest = rounds::latest(seen);
    let (Ok(reporter), Ok(latest)) = (reporter, latest) else {
        return Fact::unknown(DUTIES, Reason::NoData);
    };
    let actors = actors::of_duties(reporter, latest.round, wanted);
    compared(reporter, &latest).involving(actors)
}

fn compared(reporter: &Person, latest: &Latest<'_>) -> Fact {
    let answers = latest.round.approvers.iter();
    let approved = answers.filter(|it| it.approver_decision.as_deref() == Some(APPROVED));
    let same: Vec<_> = approved
        .map(|it| rounds::is_same(it.approver.as_ref()?, reporter))
        .collect();
    if same.contains(&Some(true)) {
        return Fact::state(DUTIES, "self-approved", &STATES);
    }
    if same.is_empty() || same.contains(&None) {
        return Fact::unknown(DUTIES, Reason::NoData);
    }
    let fact = Fact::state(DUTIES, "ok", &STATES);
    match latest.is_whole {
        true => fact,
        false => fact.doubt(Reason::Incomplete),
    }
}
