//! Why the controller paused, and what it says of its own work, in its own words. Whether the rollout may go on is
//! what `rollout_condition` judges; a word that says no fails here too, and none passes.

use passport_evidence::{Fact, Meaning, Reason, StateTable};

use super::{CONDITION_REASON, PAUSE_REASON};
use crate::connectors::argo_rollouts::model::{Observed, Rollout};

const BY_HAND: &str = "paused_by_hand";

const PAUSES: StateTable = StateTable::new(&[
    ("CanaryPauseStep", Meaning::Pending(Reason::InProgress)),
    ("BlueGreenPause", Meaning::Pending(Reason::InProgress)),
    (BY_HAND, Meaning::Pending(Reason::AwaitingApproval)),
    (
        "InconclusiveAnalysisRun",
        Meaning::Warning(Reason::Degraded),
    ),
    ("InconclusiveExperiment", Meaning::Warning(Reason::Degraded)),
]);

/// Conditions whose reasons tell of the work; `Available` and the others repeat what other facts say.
const KINDS: [&str; 4] = ["InvalidSpec", "Paused", "Progressing", "ReplicaFailure"];

/// The controller's reasons, after the package "conditions" of Argo Rollouts.
const REASONS: StateTable = StateTable::new(&[
    ("InvalidSpec", Meaning::Failed(Reason::BadState)),
    (
        "ProgressDeadlineExceeded",
        Meaning::Failed(Reason::BadState),
    ),
    ("RolloutAborted", Meaning::Failed(Reason::BadState)),
    ("ReplicaSetCreateError", Meaning::Failed(Reason::BadState)),
    ("FailedCreate", Meaning::Failed(Reason::BadState)),
    ("AnalysisRunFailed", Meaning::Failed(Reason::BadState)),
    ("ExperimentFailed", Meaning::Failed(Reason::BadState)),
    (
        "ReplicaSetNotAvailable",
        Meaning::Pending(Reason::InProgress),
    ),
    ("RolloutRetry", Meaning::Pending(Reason::InProgress)),
    (
        "RolloutPaused",
        Meaning::NotApplicable(Reason::Informational),
    ),
    (
        "RolloutResumed",
        Meaning::NotApplicable(Reason::Informational),
    ),
    (
        "ReplicaSetUpdated",
        Meaning::NotApplicable(Reason::Informational),
    ),
    (
        "NewReplicaSetCreated",
        Meaning::NotApplicable(Reason::Informational),
    ),
    (
        "FoundNewReplicaSet",
        Meaning::NotApplicable(Reason::Informational),
    ),
    (
        "NewReplicaSetAvailable",
        Meaning::NotApplicable(Reason::Informational),
    ),
]);

/// Why it paused: of several reasons the one that weighs most.
pub fn pause(rollout: &Rollout) -> Fact {
    let causes = rollout.status.pause_conditions.iter().flatten();
    let words = causes.map(|it| it.reason.as_str());
    let by_hand = (rollout.spec.paused == Some(true)).then_some(BY_HAND);
    let parts: Vec<_> = words
        .chain(by_hand)
        .map(|it| word(Fact::state(PAUSE_REASON, it, &PAUSES)))
        .collect();
    match parts.is_empty() {
        true => Fact::not_applicable(PAUSE_REASON, Reason::Informational),
        false => Fact::fold(PAUSE_REASON, &parts),
    }
}

/// What its conditions say: the reason that weighs most.
pub fn condition(rollout: &Rollout) -> Fact {
    match rollout.observed() {
        Observed::Current => {}
        Observed::Behind => return Fact::pending(CONDITION_REASON, Reason::InProgress),
        Observed::TooOld => return Fact::unknown(CONDITION_REASON, Reason::NotANumber),
        Observed::Untold => return Fact::unknown(CONDITION_REASON, Reason::UnexpectedShape),
    }
    let all = rollout.status.conditions.iter().flatten();
    let counts = |kind: &str, status: &str| match kind {
        "Progressing" => true,
        _ => KINDS.contains(&kind) && status == "True",
    };
    let told = all.filter(|it| counts(&it.kind, &it.status));
    let parts: Vec<_> = told
        .map(|it| it.reason.as_deref().unwrap_or_default())
        .map(|it| word(Fact::state(CONDITION_REASON, it, &REASONS)))
        .collect();
    match parts.is_empty() {
        true => Fact::unknown(CONDITION_REASON, Reason::NoData),
        false => Fact::fold(CONDITION_REASON, &parts),
    }
}

/// A word that is not known is not shown.
fn word(fact: Fact) -> Fact {
    match fact.reason() == Some(Reason::UnrecognizedState) {
        true => fact.without_value(),
        false => fact,
    }
}
