//! Whether the change is in the way of another one.

use passport_evidence::{Fact, Meaning, Reason, StateTable};

use super::{CONFLICT, coded, threshold};
use crate::connectors::servicenow::{cell, model::Change, wanted::Wanted};

const NONE: &str = "No Conflict";
const SOME: &str = "Conflict";
const NOT_RUN: &str = "Not Run";
const FOUND: Meaning = Meaning::Failed(Reason::BadState);

const STATES: StateTable = StateTable::new(&[
    (NONE, Meaning::Passed),
    (SOME, FOUND),
    (NOT_RUN, Meaning::Warning(Reason::NoData)),
]);

const OF_REQUIRED: StateTable = StateTable::new(&[
    (NONE, Meaning::Passed),
    (SOME, FOUND),
    (NOT_RUN, Meaning::Unknown(Reason::NoData)),
]);

/// The fact.
pub fn fact(change: &Change, wanted: &Wanted) -> Fact {
    let table = match wanted.require_conflict_check {
        true => &OF_REQUIRED,
        false => &STATES,
    };
    let cell = change.conflict_status.as_ref();
    let fact = match cell::coded(cell) {
        Some("") => Fact::state(CONFLICT, NOT_RUN, table),
        Some(_) | None => coded::fact(CONFLICT, cell, table),
    };
    fact.wanting(threshold(&CONFLICT, wanted))
}
