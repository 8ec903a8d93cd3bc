//! Whether the issue is there, and is the one that was asked for. Pure.

use passport_evidence::{Fact, Meaning, Reason, StateTable};

use super::{TICKET, told};
use crate::connectors::linear::{model::Issue, names, wanted::Wanted};

const STATES: StateTable = StateTable::new(&[
    ("moved", Meaning::Warning(Reason::Degraded)),
    ("moved out", Meaning::Failed(Reason::OtherSubject)),
    ("archived", Meaning::Warning(Reason::Degraded)),
    ("trashed", Meaning::Failed(Reason::BadState)),
]);

/// The fact.
pub fn fact(issue: &Issue, wanted: &Wanted) -> Fact {
    let identifier = match identifier(issue) {
        Ok(identifier) => identifier,
        Err(reason) => return Fact::unknown(TICKET, reason),
    };
    match word(issue, identifier, wanted) {
        Err(reason) => Fact::unknown(TICKET, reason),
        Ok(Some(word)) => Fact::state(TICKET, word, &STATES).showing(identifier),
        Ok(None) => told(TICKET, identifier),
    }
}

fn identifier(issue: &Issue) -> Result<&str, Reason> {
    let identifier = issue.identifier.required()?;
    match names::parts_of(identifier) {
        Some(_) => Ok(identifier),
        None => Err(Reason::UnexpectedShape),
    }
}

/// What is wrong with it; `None`: nothing.
fn word(issue: &Issue, identifier: &str, wanted: &Wanted) -> Result<Option<&'static str>, Reason> {
    let team = &issue.team.required()?.key;
    if *team != wanted.team {
        return Ok(Some("moved out"));
    }
    if names::parts_of(identifier).map(|(it, _)| it) != Some(team) {
        return Err(Reason::Contradictory);
    }
    let asked = wanted.issue.as_ref().map(|it| it.text.as_str());
    let is_moved = asked != Some(identifier);
    let previous = issue.previous_identifiers.required()?;
    if is_moved && !previous.iter().any(|it| Some(it.as_str()) == asked) {
        // It never had the identifier that was asked for: another issue.
        return Err(Reason::OtherSubject);
    }
    let is_trashed = issue.trashed.told()? == Some(&true);
    let is_archived = issue.archived_at.told()?.is_some();
    Ok(match (is_trashed, is_archived, is_moved) {
        (true, _, _) => Some("trashed"),
        (false, true, _) => Some("archived"),
        (false, false, true) => Some("moved"),
        (false, false, false) => None,
    })
}
