//! GitHub's words for how things are, and what they mean. Pure.

use passport_evidence::{Fact, FactName, Meaning, Reason, StateTable, Threshold};

/// How a completed run or job ended. The words stand in GitHub's webhook descriptions.
const CONCLUSIONS: StateTable = StateTable::new(&[
    ("success", Meaning::Passed),
    ("failure", Meaning::Failed(Reason::BadState)),
    ("timed_out", Meaning::Failed(Reason::BadState)),
    ("startup_failure", Meaning::Failed(Reason::BadState)),
    ("cancelled", Meaning::Failed(Reason::BadState)),
    (
        "action_required",
        Meaning::Pending(Reason::AwaitingApproval),
    ),
    ("neutral", Meaning::Warning(Reason::Degraded)),
    ("skipped", Meaning::Unknown(Reason::NoData)),
    ("stale", Meaning::Unknown(Reason::Stale)),
]);

/// How far a run or job is that is not completed.
const STATUSES: StateTable = StateTable::new(&[
    ("queued", Meaning::Pending(Reason::InProgress)),
    ("in_progress", Meaning::Pending(Reason::InProgress)),
    ("requested", Meaning::Pending(Reason::InProgress)),
    ("pending", Meaning::Pending(Reason::InProgress)),
    ("waiting", Meaning::Pending(Reason::AwaitingApproval)),
]);

/// States of a deployment.
const DEPLOYMENTS: StateTable = StateTable::new(&[
    ("success", Meaning::Passed),
    ("failure", Meaning::Failed(Reason::BadState)),
    ("error", Meaning::Failed(Reason::BadState)),
    ("pending", Meaning::Pending(Reason::InProgress)),
    ("queued", Meaning::Pending(Reason::InProgress)),
    ("in_progress", Meaning::Pending(Reason::InProgress)),
    ("inactive", Meaning::Unknown(Reason::NoData)),
]);

/// What people said of a deployment to an environment.
const APPROVALS: StateTable = StateTable::new(&[
    ("approved", Meaning::Passed),
    ("rejected", Meaning::Failed(Reason::BadState)),
    ("pending", Meaning::Pending(Reason::AwaitingApproval)),
    ("waiting", Meaning::Pending(Reason::AwaitingApproval)),
]);

/// The word of a run or job that has ended.
pub const COMPLETED: &str = "completed";
const SUCCESS: &str = "success";
const APPROVED: &str = "approved";
/// Longest word that is shown.
const MAX_WORD: usize = 40;

/// What is wanted of a run, a job or a deployment.
pub fn success() -> Threshold {
    Threshold::equals(SUCCESS)
}

/// What is wanted of the people who guard an environment.
pub fn approved() -> Threshold {
    Threshold::equals(APPROVED)
}

/// How a run or job is. Before it is completed the status decides, whatever the conclusion says.
pub fn progress(name: FactName, status: Option<&str>, conclusion: Option<&str>) -> Fact {
    let fact = match (status, conclusion) {
        (Some(COMPLETED), Some(word)) if !word.is_empty() => look_up(name, word, &CONCLUSIONS),
        (Some(COMPLETED), _) | (None, _) => Fact::unknown(name, Reason::UnexpectedShape),
        (Some(word), _) => look_up(name, word, &STATUSES),
    };
    fact.wanting(Some(success()))
}

/// How heavily the state of a run or job weighs: the more, the worse.
pub fn weight(status: Option<&str>, conclusion: Option<&str>) -> u8 {
    const ANY: FactName = FactName::fixed("any");
    progress(ANY, status, conclusion).status().weight()
}

/// How a deployment is.
pub fn deployment(name: FactName, state: &str) -> Fact {
    look_up(name, state, &DEPLOYMENTS).wanting(Some(success()))
}

/// What people said.
pub fn approval(name: FactName, state: &str) -> Fact {
    look_up(name, state, &APPROVALS).wanting(Some(approved()))
}

/// Only what looks like one of GitHub's words is shown.
fn look_up(name: FactName, word: &str, table: &StateTable) -> Fact {
    let plain = |it: char| it.is_ascii_lowercase() || it == '_';
    match word.len() <= MAX_WORD && word.chars().all(plain) {
        true => Fact::state(name, word, table),
        false => Fact::unknown(name, Reason::UnrecognizedState),
    }
}
