//! Jenkins' words for how things are, and what they mean. Pure.

use passport_evidence::{Fact, FactName, Meaning, Reason, StateTable, Threshold};

/// How a build ended, after `hudson.model.Result`.
const RESULTS: StateTable = StateTable::new(&[
    ("SUCCESS", Meaning::Passed),
    ("UNSTABLE", Meaning::Warning(Reason::Degraded)),
    ("FAILURE", Meaning::Failed(Reason::BadState)),
    ("ABORTED", Meaning::Failed(Reason::BadState)),
    ("NOT_BUILT", Meaning::Unknown(Reason::NoData)),
]);

/// How a stage is, after `StatusExt` of the Pipeline: REST API plugin.
const STAGES: StateTable = StateTable::new(&[
    ("SUCCESS", Meaning::Passed),
    ("UNSTABLE", Meaning::Warning(Reason::Degraded)),
    ("FAILED", Meaning::Failed(Reason::BadState)),
    ("ABORTED", Meaning::Failed(Reason::BadState)),
    ("IN_PROGRESS", Meaning::Pending(Reason::InProgress)),
    ("QUEUED", Meaning::Pending(Reason::InProgress)),
    (
        "PAUSED_PENDING_INPUT",
        Meaning::Pending(Reason::AwaitingApproval),
    ),
    ("NOT_EXECUTED", Meaning::Unknown(Reason::NoData)),
    ("SKIPPED", Meaning::Unknown(Reason::NoData)),
]);

/// Longest word that is shown.
const MAX_WORD: usize = 40;

/// What is wanted of a build or a stage.
pub fn success() -> Threshold {
    Threshold::equals("SUCCESS")
}

/// How a build ended.
pub fn result(name: FactName, word: Option<&str>) -> Fact {
    look_up(name, word, &RESULTS)
}

/// How a stage is.
pub fn stage(name: FactName, word: Option<&str>) -> Fact {
    look_up(name, word, &STAGES)
}

/// Only what looks like one of Jenkins' words is shown.
fn look_up(name: FactName, word: Option<&str>, table: &StateTable) -> Fact {
    let plain = |it: char| it.is_ascii_uppercase() || it == '_';
    let fact = match word {
        None | Some("") => Fact::unknown(name, Reason::UnexpectedShape),
        Some(word) if word.len() <= MAX_WORD && word.chars().all(plain) => {
            Fact::state(name, word, table)
        }
        Some(_) => Fact::unknown(name, Reason::UnrecognizedState),
    };
    fact.wanting(Some(success()))
}
