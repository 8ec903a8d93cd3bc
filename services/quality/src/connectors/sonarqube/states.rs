//! SonarQube's words for how things are, and what they mean. Pure.

use passport_evidence::{Fact, FactName, Meaning, Reason, StateTable, Threshold};

/// A quality gate. `WARN` ended with 7.6; `NONE` is a gate that was not computed.
const GATE: StateTable = StateTable::new(&[
    ("OK", Meaning::Passed),
    ("WARN", Meaning::Warning(Reason::Degraded)),
    ("ERROR", Meaning::Failed(Reason::BadState)),
    ("NONE", Meaning::Unknown(Reason::NoData)),
]);

/// The same, where the gate has no conditions: nothing was asked of the code.
const EMPTY_GATE: StateTable = StateTable::new(&[
    ("OK", Meaning::Warning(Reason::NoData)),
    ("WARN", Meaning::Warning(Reason::Degraded)),
    ("ERROR", Meaning::Failed(Reason::BadState)),
    ("NONE", Meaning::Unknown(Reason::NoData)),
]);

/// A condition of a gate.
const CONDITION: StateTable = StateTable::new(&[
    ("OK", Meaning::Passed),
    ("WARN", Meaning::Warning(Reason::Degraded)),
    ("ERROR", Meaning::Failed(Reason::ThresholdMissed)),
]);

/// A task that has ended.
const ENDED: StateTable = StateTable::new(&[
    ("SUCCESS", Meaning::Passed),
    ("FAILED", Meaning::Failed(Reason::BadState)),
    ("CANCELED", Meaning::Failed(Reason::BadState)),
    ("PENDING", Meaning::Pending(Reason::InProgress)),
    ("IN_PROGRESS", Meaning::Pending(Reason::InProgress)),
]);

/// A task in the queue, which has not ended whatever it says.
const QUEUED: StateTable = StateTable::new(&[
    ("PENDING", Meaning::Pending(Reason::InProgress)),
    ("IN_PROGRESS", Meaning::Pending(Reason::InProgress)),
]);

/// Longest word that is shown.
const MAX_WORD: usize = 30;

/// How a gate is.
pub fn gate(name: FactName, word: &str, has_conditions: bool) -> Fact {
    let table = match has_conditions {
        true => &GATE,
        false => &EMPTY_GATE,
    };
    look_up(name, word, table).wanting(Some(good_gate()))
}

/// What is wanted of a gate.
pub fn good_gate() -> Threshold {
    Threshold::equals("OK")
}

/// How a condition is.
pub fn condition(name: FactName, word: &str) -> Fact {
    look_up(name, word, &CONDITION)
}

/// How a task ended.
pub fn ended(name: FactName, word: &str) -> Fact {
    look_up(name, word, &ENDED).wanting(Some(good_task()))
}

/// How far a task is.
pub fn queued(name: FactName, word: &str) -> Fact {
    look_up(name, word, &QUEUED).wanting(Some(good_task()))
}

/// What is wanted of a task.
pub fn good_task() -> Threshold {
    Threshold::equals("SUCCESS")
}

/// Only what looks like one of SonarQube's words is shown.
fn look_up(name: FactName, word: &str, table: &StateTable) -> Fact {
    let plain = |it: char| it.is_ascii_uppercase() || it == '_';
    match word.len() <= MAX_WORD && word.chars().all(plain) {
        true => Fact::state(name, word, table),
        false => Fact::unknown(name, Reason::UnrecognizedState),
    }
}
