//! How a guarded rollout went, by the list in which its flag stands.

use passport_evidence::{Fact, Meaning, Reason, StateTable};

use super::GUARDED_ROLLOUT;
use crate::connectors::launchdarkly::client::Guarded;

/// Arguments of the filter ("List feature flags"), and our own word for none.
const STATES: StateTable = StateTable::new(&[
    ("completed", Meaning::Passed),
    ("regressed", Meaning::Failed(Reason::BadState)),
    ("rolledBack", Meaning::Failed(Reason::BadState)),
    ("monitoring", Meaning::Pending(Reason::InProgress)),
    ("archived", Meaning::NotApplicable(Reason::Informational)),
    ("none", Meaning::NotApplicable(Reason::Informational)),
]);

/// The fact.
pub fn fact(read: Result<&Guarded, Reason>) -> Fact {
    match read {
        Ok(Guarded::None) => state("none"),
        Ok(Guarded::State(word)) => state(word),
        Ok(Guarded::Untold) => Fact::unknown(GUARDED_ROLLOUT, Reason::UnrecognizedState),
        Err(reason) => Fact::unknown(GUARDED_ROLLOUT, reason),
    }
}

/// The fact where the source does not ask for it.
pub fn not_asked() -> Fact {
    Fact::not_applicable(GUARDED_ROLLOUT, Reason::Informational)
}

fn state(word: &str) -> Fact {
    Fact::state(GUARDED_ROLLOUT, word, &STATES)
}
