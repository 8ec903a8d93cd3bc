//! What the change advisory board says.

use chrono::{DateTime, Utc};
use passport_evidence::{Fact, Meaning, Reason, StateTable, Status};

use super::CAB;
use crate::connectors::servicenow::{cell, model::Change, moment::Moment, wanted::Wanted};

const NOT_REQUIRED: &str = "not required";
const WAITING: &str = "waiting";

/// The recommendation is a text that people write: only these words are understood, and no other text is
/// shown.
const WORDS: StateTable = StateTable::new(&[
    ("approve", Meaning::Passed),
    ("approved", Meaning::Passed),
    ("deferred", Meaning::Pending(Reason::AwaitingApproval)),
    ("reject", Meaning::Failed(Reason::BadState)),
    ("rejected", Meaning::Failed(Reason::BadState)),
]);

const STATES: StateTable = StateTable::new(&[
    (NOT_REQUIRED, Meaning::NotApplicable(Reason::Informational)),
    (WAITING, Meaning::Pending(Reason::AwaitingApproval)),
]);

/// The fact. What the board recommends counts once it met, and beside approvals that were given.
pub fn fact(change: &Change, approvals: &[&Fact], wanted: &Wanted, now: DateTime<Utc>) -> Fact {
    match cell::coded(change.cab_required.as_ref()) {
        _ if wanted.require_cab => required(change, approvals, now),
        Some("true") => required(change, approvals, now),
        Some("false") => Fact::state(CAB, NOT_REQUIRED, &STATES),
        Some(_) => Fact::unknown(CAB, Reason::UnrecognizedState),
        None => Fact::unknown(CAB, Reason::UnexpectedShape),
    }
}

fn required(change: &Change, approvals: &[&Fact], now: DateTime<Utc>) -> Fact {
    let Some(said) = cell::coded(change.cab_recommendation.as_ref()) else {
        return Fact::unknown(CAB, Reason::UnexpectedShape);
    };
    let said = said.trim().to_ascii_lowercase();
    let met = Moment::of(change.cab_date_time.as_ref());
    match (WORDS.meaning(&said), met) {
        (Meaning::Failed(_), _) => Fact::state(CAB, &said, &WORDS),
        (_, Moment::Unread) => Fact::unknown(CAB, Reason::UnexpectedShape),
        (_, Moment::Empty) => Fact::state(CAB, WAITING, &STATES),
        (_, Moment::At(time)) if time > now => Fact::state(CAB, WAITING, &STATES),
        (_, Moment::At(_)) if said.is_empty() => Fact::state(CAB, WAITING, &STATES),
        (Meaning::Unknown(reason), Moment::At(_)) => Fact::unknown(CAB, reason),
        (_, Moment::At(_)) => beside(Fact::state(CAB, &said, &WORDS), approvals),
    }
}

/// The same, where approvals allow it: they may be open, refused or not known.
fn beside(fact: Fact, approvals: &[&Fact]) -> Fact {
    let with = |status: Status| approvals.iter().find(|it| it.status() == status);
    if with(Status::Failed).is_some() {
        fact.doubt(Reason::Contradictory)
    } else if let Some(unknown) = with(Status::Unknown) {
        fact.doubt(unknown.reason().unwrap_or(Reason::NoData))
    } else if with(Status::Pending).is_some() {
        Fact::state(CAB, WAITING, &STATES)
    } else {
        fact
    }
}
