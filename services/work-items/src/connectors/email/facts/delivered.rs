//! Whether the message is known to have reached the mailbox of a recipient.

use passport_evidence::{Fact, Meaning, Reason, StateTable};

use super::{
    DELIVERED,
    accepted::{At, at_server},
};
use crate::connectors::email::{inbox::Outcome, report::Action, sent::End, smtp::is_status};

const REFUSED: &str = "refused";

const STATES: StateTable = StateTable::new(&[
    ("dsn delivered", Meaning::Passed),
    ("dsn relayed", Meaning::Warning(Reason::Degraded)),
    ("dsn expanded", Meaning::Warning(Reason::Degraded)),
    ("dsn delayed", Meaning::Pending(Reason::InProgress)),
    ("dsn failed", Meaning::Failed(Reason::BadState)),
    (REFUSED, Meaning::Failed(Reason::BadState)),
]);

/// The report that decides: of several the gravest, and of equal ones the newest.
pub fn deciding(outcomes: impl Iterator<Item = Outcome>) -> Option<Outcome> {
    outcomes.max_by_key(|it| (weight(it), it.at))
}

/// One who reports that it failed is believed before others. Where it was handed to several, that one of them
/// has it proves nothing of the others; where it was handed on, the last one knows.
fn weight(outcome: &Outcome) -> u8 {
    match (outcome.action, doubt(outcome)) {
        (Action::Failed, _) => 5,
        (_, Some(_)) | (Action::Other, None) => 0,
        (Action::Expanded, None) => 4,
        (Action::Delivered, None) => 3,
        (Action::Relayed, None) => 2,
        (Action::Delayed, None) => 1,
    }
}

/// Why a report of something good proves nothing: its status says otherwise, or there is none.
fn doubt(outcome: &Outcome) -> Option<Reason> {
    let class = outcome.status.as_deref().and_then(is_status);
    match (outcome.action, class) {
        (Action::Delivered | Action::Relayed | Action::Expanded, None) => {
            Some(Reason::UnexpectedShape)
        }
        (Action::Delivered | Action::Relayed | Action::Expanded, Some(2)) => None,
        (Action::Delivered | Action::Relayed | Action::Expanded, Some(_)) => {
            Some(Reason::Contradictory)
        }
        (Action::Delayed | Action::Failed | Action::Other, _) => None,
    }
}

/// Whether the message reached the mailbox.
pub fn fact(end: Option<&End>, report: Option<&Outcome>) -> Fact {
    match (at_server(end), report) {
        (At::Refused(reply), _) => {
            let shown = format!("smtp {reply}");
            Fact::state(DELIVERED, REFUSED, &STATES).showing(shown.as_str())
        }
        (At::Taken(_) | At::Untold(_), Some(report)) => reported(report),
        (At::Taken(_), None) => Fact::unknown(DELIVERED, Reason::NoData),
        (At::Untold(reason), None) => Fact::unknown(DELIVERED, reason),
    }
}

fn reported(report: &Outcome) -> Fact {
    if let Some(reason) = doubt(report) {
        return Fact::unknown(DELIVERED, reason);
    }
    let state = match report.action {
        Action::Delivered => "dsn delivered",
        Action::Relayed => "dsn relayed",
        Action::Expanded => "dsn expanded",
        Action::Delayed => "dsn delayed",
        Action::Failed => "dsn failed",
        Action::Other => return Fact::unknown(DELIVERED, Reason::UnrecognizedState),
    };
    let fact = Fact::state(DELIVERED, state, &STATES);
    let status = report.status.as_deref();
    match status.filter(|it| is_status(it).is_some_and(|class| class != 2)) {
        Some(status) => fact.showing(format!("{state} {status}").as_str()),
        None => fact,
    }
}
