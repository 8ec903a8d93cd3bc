//! GitLab's words for how things are, and what they mean. Pure.

use passport_evidence::{Fact, FactName, Meaning, Reason, StateTable, Status, Threshold};

/// How a pipeline or job is, as `Ci::HasStatus` names it.
const STATUSES: StateTable = StateTable::new(&[
    ("success", Meaning::Passed),
    ("failed", Meaning::Failed(Reason::BadState)),
    ("canceled", Meaning::Failed(Reason::BadState)),
    ("created", Meaning::Pending(Reason::InProgress)),
    ("waiting_for_resource", Meaning::Pending(Reason::InProgress)),
    ("waiting_for_callback", Meaning::Pending(Reason::InProgress)),
    ("preparing", Meaning::Pending(Reason::InProgress)),
    ("pending", Meaning::Pending(Reason::InProgress)),
    ("running", Meaning::Pending(Reason::InProgress)),
    ("canceling", Meaning::Pending(Reason::InProgress)),
    ("scheduled", Meaning::Pending(Reason::InProgress)),
    ("manual", Meaning::Pending(Reason::AwaitingApproval)),
    ("skipped", Meaning::Unknown(Reason::NoData)),
]);

/// The group of a successful pipeline's detailed status, with `-` for `_`.
const SUCCESSES: StateTable = StateTable::new(&[
    ("success", Meaning::Passed),
    ("success-with-warnings", Meaning::Warning(Reason::Degraded)),
]);

/// What ended badly, and was allowed to.
const ALLOWED: StateTable = StateTable::new(&[
    ("failed", Meaning::Warning(Reason::Degraded)),
    ("canceled", Meaning::Warning(Reason::Degraded)),
]);

/// What nobody waits for.
const OPTIONAL: StateTable = StateTable::new(&[
    ("manual", Meaning::NotApplicable(Reason::Informational)),
    ("skipped", Meaning::NotApplicable(Reason::Informational)),
]);

/// States of a deployment.
const DEPLOYMENTS: StateTable = StateTable::new(&[
    ("success", Meaning::Passed),
    ("failed", Meaning::Failed(Reason::BadState)),
    ("canceled", Meaning::Failed(Reason::BadState)),
    ("created", Meaning::Pending(Reason::InProgress)),
    ("running", Meaning::Pending(Reason::InProgress)),
    ("blocked", Meaning::Pending(Reason::AwaitingApproval)),
    ("skipped", Meaning::Unknown(Reason::NoData)),
]);

const SUCCESS: &str = "success";
const MANUAL: &str = "manual";
const SKIPPED: &str = "skipped";
/// Longest word that is shown.
const MAX_WORD: usize = 40;

/// What is wanted of a pipeline, a job or a deployment.
pub fn success() -> Threshold {
    Threshold::equals(SUCCESS)
}

/// A pipeline's own verdict. A bare `success` may hide failed jobs: only the group of its detailed
/// status tells.
pub fn pipeline(name: FactName, status: &str, group: Option<&str>) -> Fact {
    let fact = match (status, group) {
        (SUCCESS, None) => Fact::unknown(name, Reason::UnexpectedShape).showing(status),
        (SUCCESS, Some(group)) => look_up(name, &group.replace('_', "-"), &SUCCESSES),
        (_, _) => look_up(name, status, &STATUSES),
    };
    fact.wanting(Some(success()))
}

/// Whether a pipeline has not ended.
pub fn is_going_on(status: &str) -> bool {
    match STATUSES.meaning(status) {
        Meaning::Pending(_) => true,
        Meaning::Passed
        | Meaning::Warning(_)
        | Meaning::Failed(_)
        | Meaning::Unknown(_)
        | Meaning::NotApplicable(_) => false,
    }
}

/// How a job is that must succeed, or a pipeline that was started.
pub fn job(name: FactName, status: &str, allow_failure: bool) -> Fact {
    let fact = look_up(name.clone(), status, &STATUSES);
    let fact = match allow_failure && fact.status() == Status::Failed {
        true => look_up(name, status, &ALLOWED),
        false => fact,
    };
    fact.wanting(Some(success()))
}

/// How a job is that nobody requires: one that a person may start, or that was left out, is nothing
/// to wait for.
pub fn optional_job(name: FactName, status: &str, allow_failure: bool) -> Fact {
    match (status, allow_failure) {
        (MANUAL, true) | (SKIPPED, _) => look_up(name, status, &OPTIONAL).wanting(Some(success())),
        (_, _) => job(name, status, allow_failure),
    }
}

/// How a deployment is.
pub fn deployment(name: FactName, status: &str) -> Fact {
    look_up(name, status, &DEPLOYMENTS).wanting(Some(success()))
}

/// Only what looks like one of GitLab's words is shown.
fn look_up(name: FactName, word: &str, table: &StateTable) -> Fact {
    let plain = |it: char| it.is_ascii_lowercase() || matches!(it, '_' | '-');
    match word.len() <= MAX_WORD && word.chars().all(plain) {
        true => Fact::state(name, word, table),
        false => Fact::unknown(name, Reason::UnrecognizedState),
    }
}
