//! Whether somebody who may has given what the customer takes for an approval. Linear has none of its own:
//! the fact says which sign was looked for. Pure.

use chrono::{DateTime, Utc};
use passport_evidence::{Actors, Fact, Meaning, Reason, Role, StateTable};

use super::{APPROVAL, told};
use crate::connectors::linear::{
    model::{Entry, Issue},
    wanted::{Approval, By, Wanted},
};
use passport_connector_sdk::Part;

const STATES: StateTable = StateTable::new(&[
    ("not set", Meaning::Pending(Reason::AwaitingApproval)),
    ("set by another", Meaning::Warning(Reason::Degraded)),
]);

/// What became of the sign.
enum Sign {
    NotSet,
    SetByAnother,
    Set,
}

/// What an entry of the history did to the sign.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Act {
    Sets,
    Unsets,
    Nothing,
}

/// The parts of an issue that the fact rests on.
pub fn parts(approval: Option<&Approval>) -> &'static [&'static str] {
    match approval.map(|it| &it.by) {
        Some(By::Label(_)) => &["labels", "history"],
        Some(By::State(_)) => &["state", "history"],
        None => &[],
    }
}

/// The fact.
pub fn fact(issue: &Issue, wanted: &Wanted) -> Fact {
    let Some(approval) = &wanted.approval else {
        return Fact::not_applicable(APPROVAL, Reason::NotConfigured);
    };
    let shown = approval.by.shown();
    let fact = match sign(issue, approval) {
        Ok(Sign::Set) => told(APPROVAL, &shown),
        Ok(Sign::NotSet) => Fact::state(APPROVAL, "not set", &STATES).showing(shown.as_str()),
        Ok(Sign::SetByAnother) => {
            Fact::state(APPROVAL, "set by another", &STATES).showing(shown.as_str())
        }
        Err(reason) => Fact::unknown(APPROVAL, reason).showing(shown.as_str()),
    };
    fact.involving(actors(issue, approval, wanted))
}

/// Who set the sign that stands: with a right to approve, or without. Nobody where that is not known.
fn actors(issue: &Issue, approval: &Approval, wanted: &Wanted) -> Actors {
    let is_set = is_set(issue, &approval.by).unwrap_or(false);
    let setters = match is_set {
        true => setters(issue, &approval.by).unwrap_or_default(),
        false => Vec::new(),
    };
    let persons = setters.into_iter().filter_map(|it| match &it.actor_id {
        Part::Is(id) if approval.approvers.contains(id) => Some((Role::Approver, Some(&**id))),
        Part::Is(id) => Some((Role::Author, Some(&**id))),
        // Not a person.
        Part::Null => None,
        Part::Missing | Part::Odd => Some((Role::Author, None)),
    });
    wanted.actors.told(persons)
}

fn sign(issue: &Issue, approval: &Approval) -> Result<Sign, Reason> {
    if !is_set(issue, &approval.by)? {
        return Ok(Sign::NotSet);
    }
    let setters = setters(issue, &approval.by)?;
    let mut is_allowed = true;
    for setter in setters {
        match &setter.actor_id {
            Part::Is(id) => is_allowed &= approval.approvers.contains(id),
            // Not a person.
            Part::Null => is_allowed = false,
            Part::Missing | Part::Odd => return Err(Reason::UnexpectedShape),
        }
    }
    Ok(match is_allowed {
        true => Sign::Set,
        false => Sign::SetByAnother,
    })
}

fn is_set(issue: &Issue, by: &By) -> Result<bool, Reason> {
    match by {
        By::State(id) => Ok(issue.state.required()?.id == *id),
        By::Label(id) => {
            let labels = issue.labels.required()?;
            match labels.nodes.iter().any(|it| it.id == *id) {
                true => Ok(true),
                false if labels.info.has_next_page => Err(Reason::Incomplete),
                false => Ok(false),
            }
        }
    }
}

/// The newest entries that did something to the sign: at least one, and all of them set it.
fn setters<'a>(issue: &'a Issue, by: &By) -> Result<Vec<&'a Entry>, Reason> {
    let history = issue.history.required()?;
    let entries: Vec<&Entry> = history.nodes.iter().map(|it| &it.0).collect();
    // Only then does what was not read lie before all that was.
    if history.info.has_next_page && !are_newest_first(&entries) {
        return Err(Reason::Incomplete);
    }
    let mut acts = Vec::new();
    for entry in entries {
        match act(entry, by)? {
            Act::Nothing => {}
            act @ (Act::Sets | Act::Unsets) => acts.push((entry, act)),
        }
    }
    let newest: Option<DateTime<Utc>> = acts.iter().map(|(it, _)| it.created_at).max();
    let newest = newest.ok_or(Reason::Incomplete)?;
    acts.retain(|(it, _)| it.created_at == newest);
    match acts.iter().all(|(_, act)| *act == Act::Sets) {
        true => Ok(acts.into_iter().map(|(it, _)| it).collect()),
        false => Err(Reason::Contradictory),
    }
}

fn are_newest_first(entries: &[&Entry]) -> bool {
    entries.is_sorted_by(|one, next| one.created_at >= next.created_at)
}

fn act(entry: &Entry, by: &By) -> Result<Act, Reason> {
    match by {
        By::State(id) => Ok(match entry.to_state_id.told()? {
            None => Act::Nothing,
            Some(to) if to == id => Act::Sets,
            Some(_) => Act::Unsets,
        }),
        By::Label(id) => {
            let holds = |part: &Part<Vec<String>>| {
                let all = part.told()?;
                Ok(all.is_some_and(|all| all.contains(id)))
            };
            match (
                holds(&entry.added_label_ids)?,
                holds(&entry.removed_label_ids)?,
            ) {
                (true, true) => Err(Reason::Contradictory),
                (true, false) => Ok(Act::Sets),
                (false, true) => Ok(Act::Unsets),
                (false, false) => Ok(Act::Nothing),
            }
        }
    }
}
