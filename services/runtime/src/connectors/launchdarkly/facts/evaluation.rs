//! Whether a flag is evaluated, after the page "Flag statuses". The vendor makes it from events, and late.

use chrono::{DateTime, TimeDelta, Utc};
use passport_evidence::{Fact, Meaning, Reason, StateTable, Status, freshness::SKEW};

use super::FLAG_EVALUATION_STATUS;
use crate::connectors::launchdarkly::{lists::EvaluationStatus, wanted::Wanted};

const STATES: StateTable = StateTable::new(&[
    ("active", Meaning::Passed),
    // One variation for all, for a week.
    ("launched", Meaning::Passed),
    ("new", Meaning::Pending(Reason::InProgress)),
    ("inactive", Meaning::Warning(Reason::Degraded)),
]);

/// Words of flags that nobody has asked for lately.
const SILENT: StateTable = StateTable::new(&[
    ("active", Meaning::Warning(Reason::Stale)),
    ("launched", Meaning::Warning(Reason::Stale)),
]);

/// The fact.
pub fn fact(read: Result<&EvaluationStatus, Reason>, wanted: &Wanted, now: DateTime<Utc>) -> Fact {
    let status = match read {
        Ok(status) => status,
        Err(reason) => return Fact::unknown(FLAG_EVALUATION_STATUS, reason),
    };
    let word = status.name.as_str();
    let is_known = STATES.meaning(word) != Meaning::Unknown(Reason::UnrecognizedState);
    if !is_known {
        return Fact::unknown(FLAG_EVALUATION_STATUS, Reason::UnrecognizedState);
    }
    let fact = Fact::state(FLAG_EVALUATION_STATUS, word, &STATES);
    let age = status
        .last_requested
        .map(|it| now.signed_duration_since(it));
    let longest = wanted.max_last_requested.as_delta();
    match (fact.status(), age) {
        (Status::Passed, Some(age)) if age < TimeDelta::zero() - SKEW => {
            fact.contradict(Reason::Future)
        }
        (Status::Passed, Some(age)) if age <= longest => fact,
        (Status::Passed, _) => Fact::state(FLAG_EVALUATION_STATUS, word, &SILENT),
        (_, _) => fact,
    }
}
