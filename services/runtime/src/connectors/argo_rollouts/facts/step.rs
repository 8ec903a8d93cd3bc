//! How many of the steps are finished.

use passport_evidence::{Fact, Limits, Meaning, Quantity, Reason, StateTable, Threshold};

use super::CANARY_STEP;
use crate::connectors::argo_rollouts::model::{Observed, Rollout};

/// How a rollout stands that does not end well. Our own words.
const ENDS: StateTable = StateTable::new(&[
    ("stopped", Meaning::Failed(Reason::BadState)),
    ("unverified", Meaning::Warning(Reason::Degraded)),
]);

/// The fact.
pub fn fact(rollout: &Rollout) -> Fact {
    let steps = rollout.steps().len();
    if steps == 0 {
        return Fact::not_applicable(CANARY_STEP, Reason::Informational);
    }
    let all: Option<Threshold> = format!("= {steps}").parse().ok();
    let index = rollout.status.current_step_index;
    let index = index.and_then(|it| u64::try_from(it).ok());
    let index = index.filter(|it| usize::try_from(*it).is_ok_and(|it| it <= steps));
    let limits = Limits {
        threshold: all.clone(),
        warn_threshold: None,
    };
    judged(rollout, index, &limits, steps).wanting(all)
}

fn judged(rollout: &Rollout, index: Option<u64>, limits: &Limits, steps: usize) -> Fact {
    let unknown = |reason| Fact::unknown(CANARY_STEP, reason);
    let pending = Fact::pending(CANARY_STEP, Reason::InProgress);
    let index = match (rollout.observed(), index) {
        (Observed::Behind, Some(index)) => return pending.showing(Quantity::count(index)),
        (Observed::Behind, None) => return pending,
        (Observed::TooOld, _) => return unknown(Reason::NotANumber),
        (Observed::Untold, _) | (_, None) => return unknown(Reason::UnexpectedShape),
        (Observed::Current, Some(index)) => index,
    };
    let finished = Quantity::count(index);
    let is_last = usize::try_from(index) == Ok(steps);
    let status = &rollout.status;
    let is_degraded = status.phase.as_deref() == Some("Degraded");
    let end = |word| Fact::state(CANARY_STEP, word, &ENDS).showing(finished.clone());
    match is_last {
        _ if status.abort == Some(true) => end("stopped"),
        false if is_degraded => end("stopped"),
        false => pending.showing(finished),
        true if rollout.is_unverified() => end("unverified"),
        true => Fact::measured(CANARY_STEP, finished.into(), limits),
    }
}
