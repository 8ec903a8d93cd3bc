//! From what was read to facts. Pure.

mod actors;
mod approval;
mod approvers;
mod blockers;
mod duties;
mod filter;
mod release;
mod rounds;
mod ticket;
mod window;

use chrono::{DateTime, Utc};
use passport_evidence::{
    Fact, FactName, Limits, MaxAge, Reason, Status, Subject, Threshold, Value,
};

use super::{
    pull::{Found, Seen},
    wanted::{By, Wanted},
};

const TICKET: FactName = FactName::fixed("linked_ticket");
const APPROVAL: FactName = FactName::fixed("change_approval");
const APPROVERS: FactName = FactName::fixed("approver_state");
const DUTIES: FactName = FactName::fixed("separation_of_duties");
const WINDOW: FactName = FactName::fixed("change_window");
const BLOCKERS: FactName = FactName::fixed("blocking_issue_count");
const RELEASE: FactName = FactName::fixed("ticket_release_match");

/// The facts where no ticket was read.
pub fn nothing(wanted: &Wanted, reason: Reason) -> Vec<Fact> {
    let set = |name: FactName, is_set: bool| match is_set {
        true => Fact::unknown(name, reason),
        false => Fact::not_applicable(name, Reason::NotConfigured),
    };
    let approvers = match wanted.approval.by {
        By::Rounds { least } => {
            Some(Fact::unknown(APPROVERS, reason).wanting(approvers::wanted(least)))
        }
        By::Status { .. } | By::Field { .. } => None,
    };
    let facts = [
        Fact::unknown(TICKET, reason),
        Fact::unknown(APPROVAL, reason).wanting(wanted.approval.threshold()),
        set(DUTIES, wanted.approval.separates_duties),
        set(WINDOW, wanted.window.is_some()),
        Fact::unknown(BLOCKERS, reason).wanting(threshold(&BLOCKERS, wanted)),
        Fact::unknown(RELEASE, reason),
    ];
    let facts = facts.into_iter().chain(approvers);
    facts
        .map(|it| match wanted.issue() {
            Some(key) => it.about(key),
            None => it,
        })
        .collect()
}

/// The facts of all tickets.
pub fn of(
    found: &Found,
    wanted: &Wanted,
    subject: Option<&Subject>,
    now: DateTime<Utc>,
) -> Vec<Fact> {
    let at = Some(found.at);
    if found.tickets.is_empty() {
        let reason = match found.is_whole {
            true => Reason::NoData,
            false => Reason::Incomplete,
        };
        let facts = nothing(wanted, reason).into_iter();
        return facts.map(|it| it.observed(at)).collect();
    }
    let tickets = found.tickets.iter();
    let facts = tickets.flat_map(|it| of_one(it, wanted, subject, now));
    let is_filtered = filter::was_applied(&found.tickets, wanted, subject);
    let facts = facts.map(|fact| match (is_filtered, found.is_whole) {
        (false, _) => withdrawn(fact, Reason::FilterNotApplied),
        (true, false) => fact.doubt(Reason::Incomplete),
        (true, true) => fact,
    });
    facts.map(|it| it.observed(at)).collect()
}

/// How long the facts may be relied on at most: no pass outlives a window.
pub fn lasts(found: &Found, wanted: &Wanted, now: DateTime<Utc>) -> Option<MaxAge> {
    let tickets = found.tickets.iter();
    let ends = tickets.filter_map(|it| window::open_until(&it.ticket, wanted, now));
    let left = (ends.min()? - found.at).num_seconds();
    MaxAge::from_secs(left.try_into().ok()?)
}

fn of_one(
    seen: &Seen,
    wanted: &Wanted,
    subject: Option<&Subject>,
    now: DateTime<Utc>,
) -> Vec<Fact> {
    let ticket = &seen.ticket;
    let others = [
        Some(approval::fact(seen, wanted)),
        approvers::fact(seen, wanted),
        Some(duties::fact(seen, wanted)),
        Some(window::fact(ticket, wanted, now)),
        Some(blockers::fact(ticket, wanted)),
        Some(release::fact(ticket, wanted, subject)),
    ];
    let linked = ticket::fact(ticket, wanted);
    let others = others.into_iter().flatten();
    let others = others.map(|fact| match (linked.status(), linked.reason()) {
        (Status::Failed, Some(Reason::OtherSubject)) => withdrawn(fact, Reason::OtherSubject),
        (Status::Failed, _) => fact.doubt(Reason::OtherSubject),
        (Status::Unknown, Some(reason)) => fact.doubt(reason),
        (_, _) => fact,
    });
    let others: Vec<_> = others.collect();
    // A ticket that moved is still the one that was asked for.
    let item = wanted.issue().unwrap_or(&ticket.key);
    let facts = std::iter::once(linked).chain(others);
    facts.map(|it| it.about(item)).collect()
}

/// What a ticket that is not the source's says of nothing.
fn withdrawn(fact: Fact, reason: Reason) -> Fact {
    match fact.status() {
        Status::NotApplicable => fact,
        Status::Passed | Status::Warning | Status::Failed | Status::Pending | Status::Unknown => {
            fact.contradict(reason)
        }
    }
}

fn threshold(name: &FactName, wanted: &Wanted) -> Option<Threshold> {
    wanted.thresholds.of(name.as_str()).cloned()
}

/// A pass that shows this text, of which nothing else is wanted.
fn told(name: FactName, text: &str) -> Fact {
    let limits = Limits::from(Threshold::equals(text));
    Fact::measured(name, Value::from(text), &limits).wanting(None)
}
