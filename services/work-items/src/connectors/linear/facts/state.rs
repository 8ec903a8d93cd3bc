//! Whether the issue is in a state in which the release may go out. Pure.

use passport_evidence::{Fact, Meaning, Reason, StateTable};

use super::{STATE, told};
use crate::connectors::linear::{
    model::{Issue, State},
    wanted::Wanted,
};

const COMPLETED: &str = "completed";

/// Types of states ("WorkflowState"). Their names are each team's own, and decide nothing.
const TYPES: StateTable = StateTable::new(&[
    ("triage", Meaning::Pending(Reason::InProgress)),
    ("backlog", Meaning::Pending(Reason::InProgress)),
    ("unstarted", Meaning::Pending(Reason::InProgress)),
    ("started", Meaning::Pending(Reason::InProgress)),
    (COMPLETED, Meaning::Unknown(Reason::UnrecognizedState)),
    ("canceled", Meaning::Failed(Reason::BadState)),
    ("duplicate", Meaning::Failed(Reason::BadState)),
]);

/// The types that are known.
const KNOWN: [&str; 7] = [
    "triage",
    "backlog",
    "unstarted",
    "started",
    COMPLETED,
    "canceled",
    "duplicate",
];

/// The fact.
pub fn fact(issue: &Issue, wanted: &Wanted) -> Fact {
    let state = match issue.state.required() {
        Ok(state) => state,
        Err(reason) => return Fact::unknown(STATE, reason),
    };
    let kind = state.kind.as_str();
    match KNOWN.contains(&kind) {
        true if is_ready(state, wanted) && !is_given_up(kind) => told(STATE, kind),
        true => Fact::state(STATE, kind, &TYPES),
        // What it says is not shown: it may be anything.
        false => Fact::unknown(STATE, Reason::UnrecognizedState),
    }
}

fn is_ready(state: &State, wanted: &Wanted) -> bool {
    match &wanted.ready {
        Some(ready) => ready.contains(&state.id),
        None => state.kind == COMPLETED,
    }
}

/// No list of states makes a release of what will not be done.
fn is_given_up(kind: &str) -> bool {
    matches!(kind, "canceled" | "duplicate")
}

/// Whether an issue in a state of this type still has to be done.
///
/// # Errors
/// The type is not known.
pub fn is_open(kind: &str) -> Result<bool, Reason> {
    match kind {
        COMPLETED => Ok(false),
        _ if is_given_up(kind) => Ok(false),
        _ if KNOWN.contains(&kind) => Ok(true),
        _ => Err(Reason::UnrecognizedState),
    }
}
