//! Whether the change was approved. Pure.

use passport_evidence::{Fact, Limits, Meaning, Reason, StateTable, Value};

use super::{
    APPROVAL,
    rounds::{self, NoRound},
};
use crate::connectors::jira::{
    model::{Own, Ticket},
    names,
    pull::Seen,
    wanted::{Approval, By, Wanted},
};

const APPROVED: &str = "approved";
const REJECTED: &str = "rejected";
const PENDING: &str = "pending";

const STATES: StateTable = StateTable::new(&[
    (REJECTED, Meaning::Failed(Reason::BadState)),
    (PENDING, Meaning::Pending(Reason::AwaitingApproval)),
]);

/// Decisions of a round ("Jira Service Management: Request, approvals").
const DECISIONS: StateTable = StateTable::new(&[
    (APPROVED, Meaning::Passed),
    ("declined", Meaning::Failed(Reason::BadState)),
    (PENDING, Meaning::Pending(Reason::AwaitingApproval)),
]);

/// The fact.
pub fn fact(seen: &Seen, wanted: &Wanted) -> Fact {
    let approval = &wanted.approval;
    let fact = match refusal(&seen.ticket, approval) {
        Ok(Some(shown)) => Fact::state(APPROVAL, REJECTED, &STATES).showing(shown),
        Ok(None) => decided(seen, approval),
        // What may be a refusal takes a pass away, not the rest.
        Err(reason) => decided(seen, approval).doubt(reason),
    };
    fact.wanting(approval.threshold())
}

/// The id of the status or resolution that refuses it; `None`: nothing does.
fn refusal<'a>(ticket: &'a Ticket, approval: &Approval) -> Result<Option<&'a str>, Reason> {
    let status = ticket.fields.status.required();
    if let Ok(status) = status
        && approval.rejected.contains(&status.id)
    {
        return Ok(Some(&status.id));
    }
    let resolution = ticket.fields.resolution.told()?;
    let is_refusal = resolution.is_some_and(|it| !approval.resolutions.contains(&it.id));
    let status = id(&status?.id)?;
    Ok(is_refusal.then_some(status))
}

fn decided(seen: &Seen, approval: &Approval) -> Fact {
    let unknown = |reason| Fact::unknown(APPROVAL, reason);
    let fact = match &approval.by {
        By::Status { pending, .. } => status(&seen.ticket).map(|id| {
            let is_pending = pending.contains(id);
            listed(id, is_pending, approval)
        }),
        By::Field { id, .. } => field(&seen.ticket, id).map(|found| match found {
            Some(id) => listed(id, false, approval),
            None => Fact::state(APPROVAL, PENDING, &STATES),
        }),
        By::Rounds { .. } => decision(seen),
    };
    fact.unwrap_or_else(unknown)
}

/// An id, by the lists of the source.
fn listed(id: &str, is_pending: bool, approval: &Approval) -> Fact {
    let is_approved = match &approval.by {
        By::Status { approved, .. } | By::Field { approved, .. } => approved.contains(id),
        By::Rounds { .. } => false,
    };
    match (is_approved, is_pending) {
        (true, _) => {
            let limits = Limits {
                threshold: approval.threshold(),
                warn_threshold: None,
            };
            Fact::measured(APPROVAL, Value::from(id), &limits)
        }
        (false, true) => Fact::state(APPROVAL, PENDING, &STATES).showing(id),
        (false, false) => Fact::unknown(APPROVAL, Reason::UnrecognizedState).showing(id),
    }
}

fn status(ticket: &Ticket) -> Result<&str, Reason> {
    id(&ticket.fields.status.required()?.id)
}

/// The option of a field; `None`: nothing was chosen.
fn field<'a>(ticket: &'a Ticket, field: &str) -> Result<Option<&'a str>, Reason> {
    let found = ticket
        .fields
        .own
        .get(field)
        .ok_or(Reason::UnexpectedShape)?;
    match found.told()? {
        None => Ok(None),
        Some(Own::Option(option)) => id(&option.id).map(Some),
        Some(Own::Text(_)) => Err(Reason::UnexpectedShape),
    }
}

/// What the last round decided.
fn decision(seen: &Seen) -> Result<Fact, Reason> {
    let latest = rounds::latest(seen).map_err(|no| match no {
        NoRound::OtherProject => Reason::NoData,
        NoRound::Unknown(reason) => reason,
    })?;
    let word = latest.round.final_decision.as_deref().unwrap_or_default();
    let fact = match word {
        "" => Fact::state(APPROVAL, PENDING, &DECISIONS),
        APPROVED | "declined" | PENDING => Fact::state(APPROVAL, word, &DECISIONS),
        // What it says is not shown: it may be anything.
        _ => Fact::unknown(APPROVAL, Reason::UnrecognizedState),
    };
    Ok(match latest.is_whole {
        true => fact,
        false => fact.doubt(Reason::Incomplete),
    })
}

fn id(text: &str) -> Result<&str, Reason> {
    names::is_id(text)
        .then_some(text)
        .ok_or(Reason::UnexpectedShape)
}
