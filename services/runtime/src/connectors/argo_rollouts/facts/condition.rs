//! How far the rollout is, after the pages "Rollout Specification" and "Kubectl Plugin" of Argo
//! Rollouts.

use passport_evidence::{Fact, Meaning, Reason, StateTable};

use super::plain;
use crate::{
    cluster::ROLLOUT_CONDITION,
    connectors::argo_rollouts::model::{Observed, Rollout},
};

const PAUSED: &str = "Paused";

/// The controller's phases.
const PHASES: StateTable = StateTable::new(&[
    ("Healthy", Meaning::Passed),
    ("Progressing", Meaning::Pending(Reason::InProgress)),
    ("Degraded", Meaning::Failed(Reason::BadState)),
]);

/// What keeps a phase from counting, and what a pause waits for. Our own words.
const OBSTACLES: StateTable = StateTable::new(&[
    ("terminating", Meaning::Failed(Reason::BadState)),
    ("not observed", Meaning::Pending(Reason::InProgress)),
    ("resuming", Meaning::Pending(Reason::InProgress)),
    ("aborted", Meaning::Failed(Reason::BadState)),
    ("not promoted", Meaning::Pending(Reason::InProgress)),
    ("for a time", Meaning::Pending(Reason::InProgress)),
    ("for a person", Meaning::Pending(Reason::AwaitingApproval)),
    ("inconclusive", Meaning::Warning(Reason::Degraded)),
]);

/// The fact: the phase, as long as it is about what is wanted now.
pub fn fact(rollout: &Rollout) -> Fact {
    let phase = rollout.status.phase.as_deref();
    let fact = match obstacle(rollout) {
        Some(Ok(word)) => Fact::state(ROLLOUT_CONDITION, word, &OBSTACLES),
        Some(Err(reason)) => Fact::unknown(ROLLOUT_CONDITION, reason),
        None => match phase {
            Some(phase) => Fact::state(ROLLOUT_CONDITION, phase, &PHASES),
            None => Fact::unknown(ROLLOUT_CONDITION, Reason::NoData),
        },
    };
    if rollout.metadata.deletion_timestamp.is_some() {
        return fact;
    }
    match phase.and_then(plain) {
        Some(phase) => fact.showing(phase),
        None => fact.without_value(),
    }
}

/// The first thing that keeps the phase from counting, or why it can't be known.
fn obstacle(rollout: &Rollout) -> Option<Result<&'static str, Reason>> {
    let status = &rollout.status;
    if rollout.metadata.deletion_timestamp.is_some() {
        return Some(Ok("terminating"));
    }
    match rollout.observed() {
        Observed::Current => {}
        Observed::Behind => return Some(Ok("not observed")),
        Observed::TooOld => return Some(Err(Reason::NotANumber)),
        Observed::Untold => return Some(Err(Reason::UnexpectedShape)),
    }
    if status.abort == Some(true) {
        return Some(Ok("aborted"));
    }
    let causes = status.pause_conditions.as_deref().unwrap_or_default();
    // Somebody took the causes away, and the controller has not gone on yet.
    if status.controller_pause == Some(true) && causes.is_empty() {
        return Some(Ok("resuming"));
    }
    match status.phase.as_deref() {
        Some(PAUSED) => Some(paused(rollout)),
        Some("Healthy") if !rollout.is_promoted() => Some(Ok("not promoted")),
        // The phase is behind its own causes.
        Some("Healthy") if !causes.is_empty() => Some(Err(Reason::Contradictory)),
        Some(_) | None => None,
    }
}

/// What a pause waits for: of several causes the one that weighs most.
fn paused(rollout: &Rollout) -> Result<&'static str, Reason> {
    let causes = rollout.status.pause_conditions.iter().flatten();
    let words = causes.map(|it| match it.reason.as_str() {
        "CanaryPauseStep" => Ok(of_step(rollout)),
        "BlueGreenPause" => Ok(before_promotion(rollout)),
        "InconclusiveAnalysisRun" | "InconclusiveExperiment" => Ok("inconclusive"),
        _ => Err(Reason::UnrecognizedState),
    });
    let by_hand = rollout.spec.paused == Some(true);
    let words: Result<Vec<_>, _> = words.chain(by_hand.then_some(Ok("for a person"))).collect();
    let words = words?;
    let by_weight = ["inconclusive", "for a person", "for a time"];
    let first = by_weight.into_iter().find(|it| words.contains(it));
    Ok(first.unwrap_or("for a person"))
}

fn of_step(rollout: &Rollout) -> &'static str {
    let pause = rollout.current_step().and_then(|it| it.pause.as_ref());
    match pause.is_some_and(|it| it.duration.is_some()) {
        true => "for a time",
        false => "for a person",
    }
}

fn before_promotion(rollout: &Rollout) -> &'static str {
    let blue_green = rollout.spec.strategy.blue_green.as_ref();
    let seconds = blue_green.and_then(|it| it.auto_promotion_seconds);
    match seconds.is_some_and(|it| it > 0) {
        true => "for a time",
        false => "for a person",
    }
}
