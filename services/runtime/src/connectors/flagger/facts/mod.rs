//! From what was read of a Canary to facts. Pure.

mod analysis;
mod condition;
mod iterations;
mod pods;
mod settled;
mod weight;

use chrono::{DateTime, Utc};
use passport_evidence::{Fact, FactName, Reason, freshness::CREDENTIAL_SCOPE};

use super::{
    client::{Parts, Seen},
    model::{Canary, Target},
};
use crate::cluster::{
    AVAILABLE_REPLICAS, CONTAINER_HEALTH, Kind, ROLLOUT_CONDITION, Snapshot,
    available::{self, Least},
    in_motion, rollout,
};

const CANARY_ANALYSIS: FactName = FactName::fixed("canary_analysis");
const CANARY_WEIGHT: FactName = FactName::fixed("canary_weight");
const CANARY_ITERATIONS: FactName = FactName::fixed("canary_iterations");
/// Longest word of Flagger that is shown.
const MAX_WORD: usize = 40;

/// The facts of a Canary.
pub fn of(
    snapshot: &Snapshot<Canary, Option<Parts>>,
    least: Least,
    now: DateTime<Utc>,
) -> Vec<Fact> {
    let (canary, parts) = (&snapshot.object, snapshot.parts.as_ref());
    let target = canary.target();
    let settled = settled::of(canary, target, parts);
    let seen = |it: &Result<Seen, Reason>| it.as_ref().ok().map(|it| it.observed_at);
    let oldest = |times: [Option<DateTime<Utc>>; 2]| {
        let times = times.into_iter().flatten();
        times.fold(snapshot.observed_at, Ord::min)
    };
    let target_at = parts.and_then(|it| seen(&it.target));
    let primary_at = parts.and_then(|it| seen(&it.primary));
    let pods = parts.and_then(|it| it.pods.as_ref());
    let pods_at = pods.and_then(|it| it.as_ref().ok().map(|it| it.observed_at));
    let both_at = oldest([target_at, primary_at]);
    let facts = [
        (condition::fact(canary, settled, now), both_at),
        (analysis::fact(canary, settled), both_at),
        (weight::fact(canary, settled), both_at),
        (iterations::fact(canary), snapshot.observed_at),
        (available(target, parts, least), oldest([primary_at, None])),
        (
            pods::fact(canary, target, parts, now),
            oldest([target_at, pods_at]),
        ),
    ];
    let facts = facts.map(|(fact, at)| fact.observed(Some(at)));
    match snapshot.has_moved {
        true => facts.map(in_motion).into(),
        false => facts.into(),
    }
}

/// The facts where the Canary does not exist.
pub fn absent(at: DateTime<Utc>) -> Vec<Fact> {
    let facts = names().map(|it| Fact::unknown(it, Reason::NoData));
    facts.map(|it| it.observed(Some(at))).into()
}

/// The facts where the Canary could not be read, though it was asked for.
pub fn nothing(reason: Reason) -> Vec<Fact> {
    let names = names().into_iter().chain([CREDENTIAL_SCOPE]);
    names.map(|it| Fact::unknown(it, reason)).collect()
}

fn names() -> [FactName; 6] {
    [
        ROLLOUT_CONDITION,
        CANARY_ANALYSIS,
        CANARY_WEIGHT,
        CANARY_ITERATIONS,
        AVAILABLE_REPLICAS,
        CONTAINER_HEALTH,
    ]
}

/// How many pods of the primary serve. The target has none once it was promoted.
fn available(target: Target, parts: Option<&Parts>, least: Least) -> Fact {
    let of_primary = |kind: Kind, seen: &Seen| {
        let phase = rollout::phase(&seen.workload, kind);
        available::fact(&seen.workload, kind, phase, least)
    };
    match (target, parts.map(|it| &it.primary)) {
        (Target::Workload(kind), Some(Ok(primary))) => of_primary(kind, primary),
        (Target::Workload(_), Some(Err(reason))) => Fact::unknown(AVAILABLE_REPLICAS, *reason),
        (Target::Workload(_), None) => Fact::unknown(AVAILABLE_REPLICAS, Reason::NoData),
        (Target::Service, _) => Fact::not_applicable(AVAILABLE_REPLICAS, Reason::Informational),
        (Target::Unrecognized, _) => Fact::unknown(AVAILABLE_REPLICAS, Reason::UnrecognizedState),
    }
}

/// Only what looks like a word of Flagger is shown.
fn plain(word: &str) -> Option<&str> {
    let is_word = word.bytes().all(|it| it.is_ascii_alphabetic());
    Some(word).filter(|it| is_word && (1..=MAX_WORD).contains(&it.len()))
}
