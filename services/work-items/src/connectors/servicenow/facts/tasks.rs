//! Tasks of the change that are still to be done.

use passport_evidence::{Fact, Limits, Meaning, Quantity, Reason, StateTable, Status};

use super::{TASKS, threshold};
use crate::connectors::servicenow::{
    cell,
    model::{Record as _, Task},
    pull::Found,
    wanted::Wanted,
};

/// Too many: some of them may be for afterwards, so that none blocks.
const SOME: StateTable = StateTable::new(&[("some", Meaning::Warning(Reason::ThresholdMissed))]);

/// The fact.
pub fn fact(found: &Found, wanted: &Wanted) -> Fact {
    let limits = Limits {
        threshold: threshold(&TASKS, wanted),
        warn_threshold: None,
    };
    let rows = match &found.tasks {
        Ok(rows) => rows,
        Err(reason) => return Fact::unknown(TASKS, *reason).wanting(limits.threshold),
    };
    let change = found.change.id();
    let is_its = |it: &Task| {
        let is_active = cell::is(it.active.as_ref(), "true");
        is_active && change.is_some_and(|id| cell::is(it.change_request.as_ref(), id))
    };
    let count = rows.rows.iter().filter(|it| is_its(it)).count();
    let fact = Fact::measured(TASKS, Quantity::count(count as u64).into(), &limits);
    let fact = match fact.status() {
        Status::Failed => Fact::state(TASKS, "some", &SOME)
            .showing(count.to_string().as_str())
            .wanting(limits.threshold),
        Status::Passed
        | Status::Warning
        | Status::Pending
        | Status::Unknown
        | Status::NotApplicable => fact,
    };
    let is_other = !rows.rows.iter().all(|it| is_its(it));
    let doubts = [is_other.then_some(Reason::FilterNotApplied), rows.gap];
    doubts.into_iter().flatten().fold(fact, Fact::doubt)
}
