//! Whether somebody changed a flag in the environment a short while ago.

use chrono::{DateTime, Utc};
use passport_connector_sdk::settings::Span;
use passport_evidence::{Fact, Meaning, Reason, StateTable, freshness::SKEW};

use super::FLAG_CHANGED;
use crate::connectors::launchdarkly::flag::Flag;

/// Our own words.
const STATES: StateTable = StateTable::new(&[
    ("unchanged", Meaning::Passed),
    ("changed", Meaning::Warning(Reason::Degraded)),
]);

/// The fact. Whatever was changed counts, also what does not matter to anybody.
pub fn fact(flag: &Flag, environment: &str, within: Span, now: DateTime<Utc>) -> Fact {
    let unknown = |reason| Fact::unknown(FLAG_CHANGED, reason);
    let Some(config) = flag.in_environment(environment) else {
        return unknown(Reason::NoData);
    };
    let Some(at) = config.last_modified else {
        return unknown(Reason::NoTime);
    };
    match DateTime::from_timestamp_millis(at).filter(|_| at > 0) {
        None => unknown(Reason::OutOfDomain),
        Some(at) if at > now + SKEW => unknown(Reason::Future),
        Some(at) if now - at <= within.as_delta() => state("changed"),
        Some(_) => state("unchanged"),
    }
}

fn state(word: &str) -> Fact {
    Fact::state(FLAG_CHANGED, word, &STATES)
}
