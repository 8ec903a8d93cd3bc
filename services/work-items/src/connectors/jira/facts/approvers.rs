//! How many persons approved. Pure.

use passport_evidence::{Fact, Limits, Meaning, Quantity, Reason, StateTable, Status, Threshold};

use super::{
    APPROVERS, actors,
    rounds::{self, Latest, NoRound},
};
use crate::connectors::jira::{
    model::{Person, Round},
    pull::Seen,
    wanted::{By, Wanted},
};

pub const APPROVED: &str = "approved";
pub const DECLINED: &str = "declined";
const PENDING: &str = "pending";

const STATES: StateTable = StateTable::new(&[
    (DECLINED, Meaning::Failed(Reason::BadState)),
    (PENDING, Meaning::Pending(Reason::AwaitingApproval)),
]);

/// The fact; `None` where approvals are not read.
pub fn fact(seen: &Seen, wanted: &Wanted) -> Option<Fact> {
    let By::Rounds { least } = wanted.approval.by else {
        return None;
    };
    let fact = match rounds::latest(seen) {
        Ok(latest) => {
            let actors = actors::of_round(latest.round, wanted);
            of_round(&latest, least).involving(actors)
        }
        Err(NoRound::OtherProject) => Fact::not_applicable(APPROVERS, Reason::Informational),
        Err(NoRound::Unknown(reason)) => Fact::unknown(APPROVERS, reason),
    };
    Some(match fact.status() {
        Status::NotApplicable => fact,
        Status::Passed | Status::Warning | Status::Failed | Status::Pending | Status::Unknown => {
            fact.wanting(self::wanted(least))
        }
    })
}

/// What is wanted of the count.
pub fn wanted(least: u32) -> Option<Threshold> {
    format!(">= {least}").parse().ok()
}

fn of_round(latest: &Latest<'_>, least: u32) -> Fact {
    let round = latest.round;
    let decision = round.final_decision.as_deref().unwrap_or_default();
    let (count, doubts) = approved(round);
    let answers = || {
        round
            .approvers
            .iter()
            .filter_map(|it| it.approver_decision.as_deref())
    };
    let is_declined = decision == DECLINED || answers().any(|it| it == DECLINED);
    let is_known = |it: &str| matches!(it, "" | APPROVED | DECLINED | PENDING);
    let doubts = [
        (doubts, Reason::UnexpectedShape),
        (
            !answers().all(is_known) || !is_known(decision),
            Reason::UnrecognizedState,
        ),
        (!latest.is_whole, Reason::Incomplete),
    ];
    let limits = Limits {
        threshold: wanted(least),
        warn_threshold: None,
    };
    let quantity = Quantity::count(count);
    let measured = Fact::measured(APPROVERS, quantity.clone().into(), &limits);
    let is_enough = measured.status() == Status::Passed;
    let fact = match (is_declined, is_enough, decision) {
        (true, _, _) => Fact::state(APPROVERS, DECLINED, &STATES).showing(quantity),
        (false, false, _) | (false, true, "" | PENDING) => {
            Fact::state(APPROVERS, PENDING, &STATES).showing(quantity)
        }
        (false, true, _) => measured,
    };
    let doubts = doubts.into_iter().filter(|(is_so, _)| *is_so);
    doubts.fold(fact, |fact, (_, reason)| fact.doubt(reason))
}

/// How many persons approved, each counted once, and whether somebody can't be told apart.
fn approved(round: &Round) -> (u64, bool) {
    let approved = round
        .approvers
        .iter()
        .filter(|it| it.approver_decision.as_deref() == Some(APPROVED));
    let mut persons: Vec<&Person> = Vec::new();
    let mut is_vague = false;
    for answer in approved {
        let Some(person) = answer.approver.as_ref().map(|it| &it.0) else {
            is_vague = true;
            continue;
        };
        let same: Vec<_> = persons
            .iter()
            .map(|it| rounds::is_same(it, person))
            .collect();
        let has_id = rounds::is_same(person, person).is_some();
        is_vague |= !has_id || same.contains(&None);
        if has_id && !same.contains(&Some(true)) {
            persons.push(person);
        }
    }
    (persons.len() as u64, is_vague)
}
