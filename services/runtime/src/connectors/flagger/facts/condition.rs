//! How far the rollout is, after the page "How it works" of Flagger.

use chrono::{DateTime, TimeDelta, Utc};
use passport_evidence::{Fact, Meaning, Reason, StateTable};

use super::{plain, settled::Settled};
use crate::{
    cluster::ROLLOUT_CONDITION,
    connectors::flagger::{client::PROGRESSING, interval, model::Canary},
};

/// How many intervals may go by before Flagger is taken to be at rest.
const MISSED_INTERVALS: i32 = 3;
/// How far ahead of the clock a time may lie.
const SKEW: TimeDelta = TimeDelta::seconds(60);

/// Flagger's phases.
const PHASES: StateTable = StateTable::new(&[
    ("Initializing", Meaning::Pending(Reason::InProgress)),
    ("Initialized", Meaning::Warning(Reason::BaselineMissing)),
    ("Waiting", Meaning::Pending(Reason::AwaitingApproval)),
    (PROGRESSING, Meaning::Pending(Reason::InProgress)),
    (
        "WaitingPromotion",
        Meaning::Pending(Reason::AwaitingApproval),
    ),
    ("Promoting", Meaning::Pending(Reason::InProgress)),
    ("Finalising", Meaning::Pending(Reason::InProgress)),
    ("Succeeded", Meaning::Passed),
    ("Failed", Meaning::Failed(Reason::BadState)),
    ("Terminating", Meaning::Failed(Reason::BadState)),
    ("Terminated", Meaning::Failed(Reason::BadState)),
]);

/// What keeps a phase from counting. Our own words.
const OBSTACLES: StateTable = StateTable::new(&[
    ("deleted", Meaning::Failed(Reason::BadState)),
    ("not analysed", Meaning::Warning(Reason::Suppressed)),
    ("suspended", Meaning::Warning(Reason::Suppressed)),
    ("newer", Meaning::Pending(Reason::InProgress)),
]);

/// The fact: the phase, as long as it is about what is there now.
pub fn fact(canary: &Canary, settled: Settled, now: DateTime<Utc>) -> Fact {
    let phase = canary.status.phase.as_deref();
    let obstacle = |word| Fact::state(ROLLOUT_CONDITION, word, &OBSTACLES);
    let unknown = |reason| Fact::unknown(ROLLOUT_CONDITION, reason);
    let fact = match phase {
        _ if canary.metadata.deletion_timestamp.is_some() => obstacle("deleted"),
        None => unknown(Reason::NoData),
        Some(phase @ ("Succeeded" | "Initialized")) => match settled {
            Settled::Untold(reason) => unknown(reason),
            Settled::Suspended => obstacle("suspended"),
            Settled::No => obstacle("newer"),
            Settled::Yes if phase == "Succeeded" && canary.skips_analysis() => {
                obstacle("not analysed")
            }
            Settled::Yes => Fact::state(ROLLOUT_CONDITION, phase, &PHASES),
        },
        Some(PROGRESSING) => match at_rest(canary, now) {
            Some(reason) => unknown(reason),
            None => Fact::state(ROLLOUT_CONDITION, PROGRESSING, &PHASES),
        },
        Some(phase) => Fact::state(ROLLOUT_CONDITION, phase, &PHASES),
    };
    match phase.and_then(plain) {
        Some(phase) => fact.showing(phase),
        None => fact.without_value(),
    }
}

/// Why Flagger does not seem to be at work on what it says that it is.
fn at_rest(canary: &Canary, now: DateTime<Utc>) -> Option<Reason> {
    let analysis = canary.spec.analysis.as_ref();
    let interval = interval::of(analysis.and_then(|it| it.interval.as_deref()));
    match canary.status.last_transition_time {
        None => Some(Reason::NoTime),
        Some(at) if at > now + SKEW => Some(Reason::Future),
        Some(at) if now - at > interval * MISSED_INTERVALS => Some(Reason::Stale),
        Some(_) => None,
    }
}
