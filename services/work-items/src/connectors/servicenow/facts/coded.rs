//! A field whose codes are known.

use passport_connector_sdk::detect::plain;
use passport_evidence::{Fact, FactName, Meaning, Reason, StateTable};

use crate::connectors::servicenow::cell::Cell;

/// Longest code that is shown though it is not known.
const LONGEST: usize = 64;

/// What a code means. One that is not known is shown where it is nothing but a plain word; a text that may
/// be what a person is shown instead of the code proves nothing good.
pub fn fact(name: FactName, cell: Option<&Cell>, table: &StateTable) -> Fact {
    let Some(text) = cell.and_then(Cell::text) else {
        return Fact::unknown(name, Reason::UnexpectedShape);
    };
    let fact = match table.meaning(text) {
        Meaning::Unknown(Reason::UnrecognizedState) => unknown(name, text),
        Meaning::Passed
        | Meaning::Warning(_)
        | Meaning::Failed(_)
        | Meaning::Pending(_)
        | Meaning::Unknown(_)
        | Meaning::NotApplicable(_) => Fact::state(name, text, table),
    };
    sure(fact, cell)
}

/// A code that is in no table.
pub fn unknown(name: FactName, text: &str) -> Fact {
    let fact = Fact::unknown(name, Reason::UnrecognizedState);
    let is_shown = text.len() <= LONGEST && plain(text.trim_start_matches('-')).is_some();
    match is_shown {
        true => fact.showing(text),
        false => fact,
    }
}

/// The same, less what a text that may be no code can't prove.
pub fn sure(fact: Fact, cell: Option<&Cell>) -> Fact {
    match cell.and_then(Cell::coded) {
        Some(_) => fact,
        None => fact.doubt(Reason::UnexpectedShape),
    }
}
