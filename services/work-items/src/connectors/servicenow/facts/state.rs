//! Where the change stands, at this time.

use passport_evidence::{Fact, Reason, StateTable};

use super::{STATE, coded, threshold};
use crate::connectors::servicenow::{
    cell::Cell,
    model::Change,
    wanted::Wanted,
    window::{Position, Window},
};

const INSIDE: StateTable = StateTable::new(&rows::INSIDE);
const BEFORE: StateTable = StateTable::new(&rows::BEFORE);
const AFTER: StateTable = StateTable::new(&rows::AFTER);

/// Tables that differ only in what a change means whose time it may be.
mod rows {
    use passport_evidence::{Meaning, Reason};

    use crate::connectors::servicenow::word::Word;

    type Rows = [(&'static str, Meaning); 8];

    pub const INSIDE: Rows = with(Meaning::Passed);
    pub const BEFORE: Rows = with(Meaning::Pending(Reason::OutsideWindow));
    pub const AFTER: Rows = with(Meaning::Failed(Reason::OutsideWindow));

    const fn with(planned: Meaning) -> Rows {
        let over = Meaning::Failed(Reason::BadState);
        let early = Meaning::Pending(Reason::InProgress);
        [
            (Word::New.name(), early),
            (Word::Assess.name(), early),
            (
                Word::Authorize.name(),
                Meaning::Pending(Reason::AwaitingApproval),
            ),
            (Word::Scheduled.name(), planned),
            (Word::Implement.name(), planned),
            // The work is over: it permits nothing new.
            (Word::Review.name(), over),
            (Word::Closed.name(), over),
            (Word::Canceled.name(), over),
        ]
    }
}

/// The fact.
pub fn fact(change: &Change, window: &Window, wanted: &Wanted) -> Fact {
    let cell = change.state.as_ref();
    let fact = match cell.and_then(Cell::text) {
        None => Fact::unknown(STATE, Reason::UnexpectedShape),
        Some(code) => match wanted.states.get(code) {
            None => coded::unknown(STATE, code),
            Some(word) => coded::sure(at(window.position(), word.name(), wanted), cell),
        },
    };
    fact.wanting(threshold(&STATE, wanted))
}

fn at(position: Position, word: &str, wanted: &Wanted) -> Fact {
    let planned = |table: &StateTable| Fact::state(STATE, word, table);
    match position {
        Position::Inside => planned(&INSIDE),
        Position::Before => planned(&BEFORE),
        Position::After => planned(&AFTER),
        Position::Missing if wanted.require_window => planned(&INSIDE).doubt(Reason::NoData),
        Position::Missing => planned(&INSIDE),
        Position::Unclear(reason) => planned(&INSIDE).doubt(reason),
    }
}
