//! How urgent the most urgent incident is. Pure.

use passport_evidence::{Fact, Meaning, Reason, StateTable};

use super::{NONE, URGENCY, active::Active};

const HIGH: &str = "high";
const LOW: &str = "low";

const URGENCIES: StateTable = StateTable::new(&[
    (NONE, Meaning::Passed),
    (LOW, Meaning::Warning(Reason::Degraded)),
    (HIGH, Meaning::Failed(Reason::BadState)),
]);

/// The fact. An urgency that is not known may be the highest.
pub fn fact(active: &Active<'_>) -> Fact {
    let urgencies = active.rows.iter().map(|it| it.urgency.as_deref());
    let all: Vec<_> = urgencies.collect();
    let is = |word: &str| all.contains(&Some(word));
    let is_known = all.iter().all(|it| matches!(it, Some(HIGH | LOW)));
    let fact = match (is(HIGH), is_known, all.is_empty()) {
        (true, _, _) => Fact::state(URGENCY, HIGH, &URGENCIES),
        (false, false, _) => Fact::unknown(URGENCY, Reason::UnrecognizedState),
        (false, true, true) => Fact::state(URGENCY, NONE, &URGENCIES),
        (false, true, false) => Fact::state(URGENCY, LOW, &URGENCIES),
    };
    active.doubted(fact)
}
