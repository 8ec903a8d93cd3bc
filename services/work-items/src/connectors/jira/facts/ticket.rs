//! Whether the ticket is there, and is the right one. Pure.

use passport_evidence::{Fact, Meaning, Reason, StateTable};

use super::{TICKET, told};
use crate::connectors::jira::{
    model::{Named, Ticket},
    names,
    wanted::Wanted,
};

const STATES: StateTable = StateTable::new(&[
    ("moved", Meaning::Warning(Reason::Degraded)),
    ("moved out", Meaning::Failed(Reason::OtherSubject)),
    ("other type", Meaning::Failed(Reason::BadState)),
]);

/// The fact.
pub fn fact(ticket: &Ticket, wanted: &Wanted) -> Fact {
    match word(ticket, wanted) {
        Err(reason) => Fact::unknown(TICKET, reason),
        Ok(Some(word)) => Fact::state(TICKET, word, &STATES).showing(ticket.key.as_str()),
        Ok(None) => told(TICKET, &ticket.key),
    }
}

/// What is wrong with it; `None`: nothing.
fn word(ticket: &Ticket, wanted: &Wanted) -> Result<Option<&'static str>, Reason> {
    let project = &ticket.fields.project.required()?.key;
    if !wanted.projects.contains(project) {
        return Ok(Some("moved out"));
    }
    if names::project_of(&ticket.key) != Some(project) {
        return Err(Reason::Contradictory);
    }
    if let Some(kind) = &wanted.issue_type
        && !is_of(ticket.fields.issuetype.required()?, kind)
    {
        return Ok(Some("other type"));
    }
    let is_moved = wanted.issue().is_some_and(|it| it != ticket.key);
    Ok(is_moved.then_some("moved"))
}

/// Whether a type is the one that is wanted, by its id or its name, as a search would have it.
pub fn is_of(kind: &Named, wanted: &str) -> bool {
    kind.id == wanted || kind.name.to_lowercase() == wanted.to_lowercase()
}
