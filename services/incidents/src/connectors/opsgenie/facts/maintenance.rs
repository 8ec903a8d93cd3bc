//! Whether the account is in maintenance. Pure.
//!
//! A maintenance silences integrations and policies, and does not say which services those are: any that
//! is on may silence this one.

use passport_evidence::{Fact, Meaning, Reason, StateTable};

use super::MAINTENANCE;
use crate::connectors::opsgenie::{client::Listed, model::Maintenance};

const NONE: &str = "none";
const ACTIVE: &str = "active";
const PLANNED: &str = "planned";
/// What is over.
const OVER: [&str; 2] = ["cancelled", "past"];

const STATES: StateTable = StateTable::new(&[
    (NONE, Meaning::Passed),
    ("ongoing", Meaning::Warning(Reason::Suppressed)),
    (PLANNED, Meaning::Warning(Reason::OutsideWindow)),
]);

/// The fact.
pub fn fact(read: &Result<Listed<Maintenance>, Reason>) -> Fact {
    let listed = match read {
        Ok(listed) => listed,
        Err(reason) => return Fact::unknown(MAINTENANCE, *reason),
    };
    let has = |status: &str| listed.rows.iter().any(|it| it.status == status);
    let is_known = |it: &str| it == PLANNED || it == ACTIVE || OVER.contains(&it);
    if has(ACTIVE) {
        return Fact::state(MAINTENANCE, "ongoing", &STATES);
    }
    if !listed.rows.iter().all(|it| is_known(&it.status)) {
        return Fact::unknown(MAINTENANCE, Reason::UnrecognizedState);
    }
    let word = match has(PLANNED) {
        true => PLANNED,
        false => NONE,
    };
    let fact = Fact::state(MAINTENANCE, word, &STATES);
    match listed.is_whole {
        true => fact,
        false => fact.doubt(Reason::Incomplete),
    }
}

/// Whether one is surely on now.
pub fn is_ongoing(read: &Result<Listed<Maintenance>, Reason>) -> bool {
    let is_active = |it: &Listed<Maintenance>| it.rows.iter().any(|it| it.status == ACTIVE);
    read.as_ref().is_ok_and(is_active)
}
