//! Whether it is the planned time.

use passport_evidence::{Fact, Meaning, Reason, StateTable, Threshold};

use super::WINDOW;
use crate::connectors::servicenow::window::{Position, Window};

const BEFORE: &str = "before";
const AFTER: &str = "after";

const STATES: StateTable = StateTable::new(&[
    (BEFORE, Meaning::Pending(Reason::OutsideWindow)),
    (AFTER, Meaning::Failed(Reason::OutsideWindow)),
]);

/// The fact: the window is judged against the one that it would have to be for now to be within.
pub fn fact(window: &Window) -> Fact {
    let text = window.text();
    let found = text.as_deref().unwrap_or_default();
    let fact = match window.position() {
        Position::Inside => {
            let wanted = Threshold::equals(&window.with_now());
            return Fact::measured(WINDOW, found.into(), &wanted.into());
        }
        Position::Before => Fact::state(WINDOW, BEFORE, &STATES),
        Position::After => Fact::state(WINDOW, AFTER, &STATES),
        Position::Missing => Fact::unknown(WINDOW, Reason::NoData),
        Position::Unclear(reason) => Fact::unknown(WINDOW, reason),
    };
    match text {
        Some(text) => fact.showing(text.as_str()),
        None => fact,
    }
}
