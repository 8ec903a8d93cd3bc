//! What the analyses said, after the page "Analysis & Progressive Delivery" of Argo Rollouts.

use chrono::{DateTime, TimeDelta, Utc};
use passport_evidence::{Fact, Meaning, Reason, StateTable, Status};
use passport_kubernetes_api::List;

use super::{ANALYSIS_RESULT, plain};
use crate::connectors::argo_rollouts::{
    client::POD_HASH,
    model::{Observed, Rollout},
    run::{Measured, Run},
    settings::Wanted,
    strategy::Analysis,
};

const SUCCESSFUL: &str = "Successful";
/// How far ahead of the clock the end of a run may lie.
const SKEW: TimeDelta = TimeDelta::seconds(60);

/// Phases of a run.
const PHASES: StateTable = StateTable::new(&[
    (SUCCESSFUL, Meaning::Passed),
    ("Pending", Meaning::Pending(Reason::InProgress)),
    ("Running", Meaning::Pending(Reason::InProgress)),
    ("Failed", Meaning::Failed(Reason::BadState)),
    ("Error", Meaning::Failed(Reason::BadState)),
    ("Inconclusive", Meaning::Warning(Reason::Degraded)),
]);

/// What takes from a success. Our own words.
const RESERVATIONS: StateTable = StateTable::new(&[
    ("partly", Meaning::Warning(Reason::Degraded)),
    ("old", Meaning::Warning(Reason::Stale)),
    ("promoted in full", Meaning::Warning(Reason::Suppressed)),
]);

/// The fact, over the runs that the Rollout owns.
pub fn fact(
    rollout: &Rollout,
    runs: &Result<List<Run>, Reason>,
    wanted: &Wanted,
    now: DateTime<Utc>,
) -> Fact {
    match rollout.observed() {
        Observed::Current => {}
        Observed::Behind => return Fact::pending(ANALYSIS_RESULT, Reason::InProgress),
        Observed::TooOld => return unknown(Reason::NotANumber),
        Observed::Untold => return unknown(Reason::UnexpectedShape),
    }
    let runs = match runs {
        Ok(runs) => runs.items.iter(),
        Err(reason) => return unknown(*reason),
    };
    let owned: Vec<_> = runs
        .filter(|it| it.metadata.is_of(&rollout.metadata.uid))
        .collect();
    let is_other = |it: &&Run| it.metadata.label(POD_HASH) != rollout.hash();
    if rollout.hash().is_none() && !owned.is_empty() {
        // Nothing tells which template they are of.
        return unknown(Reason::UnexpectedShape);
    }
    match owned.iter().any(is_other) {
        true => unknown(Reason::FilterNotApplied),
        false => of_owned(rollout, &owned, wanted, now),
    }
}

/// The worst of them, as long as there is one of each analysis. A run of an earlier rollout of the same
/// template proves no success of this one.
fn of_owned(rollout: &Rollout, runs: &[&Run], wanted: &Wanted, now: DateTime<Utc>) -> Fact {
    let declared = rollout.spec.strategy.analyses();
    let is_current =
        |it: &&&Run| rollout.revision().is_some() && it.revision() == rollout.revision();
    let current: Vec<_> = runs.iter().filter(is_current).copied().collect();
    let all = runs.iter().map(|it| of_run(it, wanted, now));
    let failed: Vec<_> = all.filter(|it| it.status() == Status::Failed).collect();
    if !failed.is_empty() {
        return Fact::fold(ANALYSIS_RESULT, &failed);
    }
    if declared.is_empty() {
        return match wanted.requires_analysis {
            true => unknown(Reason::NotConfigured),
            false => Fact::not_applicable(ANALYSIS_RESULT, Reason::Informational),
        };
    }
    let mut parts: Vec<_> = current.iter().map(|it| of_run(it, wanted, now)).collect();
    let is_untried = parts.iter().any(|it| it.status() == Status::NotApplicable);
    parts.extend(missing(rollout, &declared, &current));
    let fact = Fact::fold(ANALYSIS_RESULT, &parts);
    // What was tried out beside what counts is no part of a success.
    match is_untried && fact.status() == Status::Passed {
        true => reserved("partly"),
        false => fact,
    }
}

/// What is said by analyses that have no run: they were left out, are still to come, or are gone.
fn missing(rollout: &Rollout, declared: &[Analysis], runs: &[&Run]) -> Option<Fact> {
    let has_run = |it: &Analysis| runs.iter().any(|run| run.is_of(*it));
    let is_whole = declared.iter().all(has_run);
    match (rollout.status.promote_full == Some(true), is_whole) {
        (true, _) => Some(reserved("promoted in full").without_value()),
        (false, true) => None,
        (false, false) if !runs.is_empty() && !rollout.is_promoted() => {
            Some(Fact::pending(ANALYSIS_RESULT, Reason::InProgress))
        }
        (false, false) => Some(unknown(Reason::NoData)),
    }
}

fn of_run(run: &Run, wanted: &Wanted, now: DateTime<Utc>) -> Fact {
    match run.status.phase.as_deref() {
        None | Some("") => unknown(Reason::NoData),
        Some(SUCCESSFUL) => match run.measured() {
            Measured::All => aged(run, wanted, now),
            Measured::Partly => reserved("partly"),
            Measured::Nothing => unknown(Reason::NoData),
            Measured::DryRun => Fact::not_applicable(ANALYSIS_RESULT, Reason::Informational),
            Measured::Contradictory => unknown(Reason::Contradictory),
            Measured::Untold => unknown(Reason::UnexpectedShape),
        },
        Some(phase) => {
            let fact = Fact::state(ANALYSIS_RESULT, phase, &PHASES);
            match plain(phase) {
                Some(_) => fact,
                None => fact.without_value(),
            }
        }
    }
}

/// A success, unless it is too old for the source.
fn aged(run: &Run, wanted: &Wanted, now: DateTime<Utc>) -> Fact {
    let success = Fact::state(ANALYSIS_RESULT, SUCCESSFUL, &PHASES);
    match (wanted.max_analysis_age, run.status.completed_at) {
        (None, _) => success,
        (Some(_), None) => unknown(Reason::NoTime),
        (Some(_), Some(end)) if end > now + SKEW => unknown(Reason::Future),
        (Some(most), Some(end)) if now - end > most.as_delta() => reserved("old"),
        (Some(_), Some(_)) => success,
    }
}

fn reserved(word: &str) -> Fact {
    Fact::state(ANALYSIS_RESULT, word, &RESERVATIONS).showing(SUCCESSFUL)
}

fn unknown(reason: Reason) -> Fact {
    Fact::unknown(ANALYSIS_RESULT, reason)
}
