//! Whether the change has to wait.

use passport_evidence::{Fact, Meaning, Reason, StateTable};

use super::{HOLD, coded, threshold};
use crate::connectors::servicenow::{model::Change, wanted::Wanted};

const STATES: StateTable = StateTable::new(&[
    ("false", Meaning::Passed),
    ("true", Meaning::Failed(Reason::BadState)),
]);

/// The fact.
pub fn fact(change: &Change, wanted: &Wanted) -> Fact {
    coded::fact(HOLD, change.on_hold.as_ref(), &STATES).wanting(threshold(&HOLD, wanted))
}
