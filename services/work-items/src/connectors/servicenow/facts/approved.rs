//! What the approvals come to, as the change itself says.

use passport_evidence::{Fact, Meaning, Reason, StateTable};

use super::{APPROVAL, approvals::Approvals, coded, threshold};
use crate::connectors::servicenow::{
    cell::{self, Cell},
    model::Change,
    wanted::Wanted,
    word::Word,
};

const APPROVED: &str = "approved";
const AWAITED: Meaning = Meaning::Pending(Reason::AwaitingApproval);
const REFUSED: Meaning = Meaning::Failed(Reason::BadState);

const STATES: StateTable = StateTable::new(&[
    (APPROVED, Meaning::Passed),
    ("requested", AWAITED),
    ("not requested", AWAITED),
    ("rejected", REFUSED),
    ("cancelled", REFUSED),
]);

/// A standard change was approved before, so that nobody will be asked.
const OF_STANDARD: StateTable = StateTable::new(&[
    (APPROVED, Meaning::Passed),
    ("requested", AWAITED),
    ("not requested", Meaning::Unknown(Reason::NoData)),
    ("rejected", REFUSED),
    ("cancelled", REFUSED),
]);

/// Approved, beside something that says no.
const CONTRADICTED: StateTable =
    StateTable::new(&[(APPROVED, Meaning::Failed(Reason::Contradictory))]);

/// The fact. A workflow may say "approved" over a refusal, so that both are read; where the refusals are
/// not known, neither is it known that there are none.
pub fn fact(change: &Change, approvals: &Approvals<'_>, wanted: &Wanted) -> Fact {
    let cell = change.approval.as_ref();
    let state = change.state.as_ref().and_then(Cell::text);
    let word = state.and_then(|code| wanted.states.get(code));
    let says_no = approvals.is_rejected() || word == Some(&Word::Canceled);
    let fact = if cell::is(cell, APPROVED) && says_no {
        Fact::state(APPROVAL, APPROVED, &CONTRADICTED)
    } else {
        let table = match approvals.is_standard {
            true => &OF_STANDARD,
            false => &STATES,
        };
        coded::fact(APPROVAL, cell, table)
    };
    let fact = fact.wanting(threshold(&APPROVAL, wanted));
    match approvals.doubt {
        Some(reason) => fact.doubt(reason),
        None => fact,
    }
}
