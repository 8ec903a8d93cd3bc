//! From what was read to facts. Pure.

mod approval;
mod blockers;
mod release;
mod state;
mod ticket;

use passport_evidence::{Fact, FactName, Limits, Reason, Status, Threshold, Value};

use super::{
    model::Issue,
    pull::{All, Seen},
    wanted::Wanted,
};
use passport_connector_sdk::Part;

const TICKET: FactName = FactName::fixed("linked_ticket");
const STATE: FactName = FactName::fixed("issue_state");
const APPROVAL: FactName = FactName::fixed("release_approval");
const BLOCKERS: FactName = FactName::fixed("blocking_issue_count");
const RELEASE: FactName = FactName::fixed("release_scope_open_count");

/// The facts of what was found.
pub fn of(all: &All, wanted: &Wanted) -> Vec<Fact> {
    let issue = match &all.issue {
        None => Vec::new(),
        Some(Ok(seen)) => of_issue(seen, wanted),
        Some(Err(reason)) => nothing(wanted, *reason),
    };
    let release = match &all.release {
        None => None,
        Some(Ok(gathered)) => Some(release::fact(gathered, wanted)),
        Some(Err(reason)) => {
            let fact = Fact::unknown(RELEASE, *reason);
            Some(fact.wanting(threshold(&RELEASE, wanted)))
        }
    };
    let facts = issue.into_iter().chain(release);
    facts.map(|it| it.observed(Some(all.at))).collect()
}

/// The facts where no issue was read.
fn nothing(wanted: &Wanted, reason: Reason) -> Vec<Fact> {
    let approval = match &wanted.approval {
        Some(approval) => Fact::unknown(APPROVAL, reason).showing(approval.by.shown().as_str()),
        None => Fact::not_applicable(APPROVAL, Reason::NotConfigured),
    };
    vec![
        Fact::unknown(TICKET, reason),
        Fact::unknown(STATE, reason),
        approval,
        Fact::unknown(BLOCKERS, reason).wanting(threshold(&BLOCKERS, wanted)),
    ]
}

fn of_issue(seen: &Seen, wanted: &Wanted) -> Vec<Fact> {
    let issue = &seen.issue;
    let whole = |fact: Fact, parts: &[&str]| whole(fact, parts, seen);
    let linked = whole(
        ticket::fact(issue, wanted),
        &[
            "identifier",
            "previousIdentifiers",
            "team",
            "archivedAt",
            "trashed",
        ],
    );
    let others = [
        whole(state::fact(issue, wanted), &["state"]),
        whole(
            approval::fact(issue, wanted),
            approval::parts(wanted.approval.as_ref()),
        ),
        whole(blockers::fact(issue, wanted), &["inverseRelations"]),
    ];
    let others = others.into_iter().map(|fact| beside(fact, &linked));
    let others: Vec<_> = others.collect();
    std::iter::once(linked).chain(others).collect()
}

/// A fact beside the issue that it rests on: what is out of scope says nothing, and what may be proves
/// nothing.
fn beside(fact: Fact, linked: &Fact) -> Fact {
    match (fact.status(), linked.status(), linked.reason()) {
        (Status::NotApplicable, _, _) => fact,
        (_, Status::Failed, Some(Reason::OtherSubject)) => fact.contradict(Reason::OtherSubject),
        (_, Status::Unknown, Some(Reason::OtherSubject)) => fact.contradict(Reason::OtherSubject),
        (_, Status::Unknown, Some(reason)) => fact.doubt(reason),
        (_, _, _) => fact,
    }
}

/// A fact that rests on these parts of the issue, beside the errors of its answer.
fn whole(fact: Fact, parts: &[&str], seen: &Seen) -> Fact {
    let Seen {
        issue,
        faults,
        root,
    } = seen;
    if faults.is_empty() || fact.status() == Status::NotApplicable {
        return fact;
    }
    let absent = absent(issue);
    let is_absent = parts.iter().any(|it| absent.contains(it));
    let is_touched = parts.iter().any(|it| faults.touch(root, it));
    // An error leaves something out. Where that is nothing that is known of, it may be anything.
    let is_anything = faults.unplaced() > absent.len();
    match (is_absent, is_touched || is_anything) {
        (true, _) => fact.contradict(Reason::PartialResponse),
        (false, true) => fact.doubt(Reason::PartialResponse),
        (false, false) => fact,
    }
}

/// The parts of an issue that are always there, and are not.
fn absent(issue: &Issue) -> Vec<&'static str> {
    fn is_absent<T>(part: &Part<T>) -> bool {
        match part {
            Part::Missing | Part::Null | Part::Odd => true,
            Part::Is(_) => false,
        }
    }
    let parts = [
        ("identifier", is_absent(&issue.identifier)),
        (
            "previousIdentifiers",
            is_absent(&issue.previous_identifiers),
        ),
        ("team", is_absent(&issue.team)),
        ("state", is_absent(&issue.state)),
        ("labels", is_absent(&issue.labels)),
        ("inverseRelations", is_absent(&issue.inverse_relations)),
        ("history", is_absent(&issue.history)),
    ];
    let absent = parts.into_iter().filter(|(_, is_absent)| *is_absent);
    absent.map(|(part, _)| part).collect()
}

fn threshold(name: &FactName, wanted: &Wanted) -> Option<Threshold> {
    wanted.thresholds.of(name.as_str()).cloned()
}

/// A pass that shows this text, of which nothing else is wanted.
fn told(name: FactName, text: &str) -> Fact {
    let limits = Limits::from(Threshold::equals(text));
    Fact::measured(name, Value::from(text), &limits).wanting(None)
}
