//! Who decided in a round, and who asked for the ticket, by ids that tell nothing of them.

use passport_evidence::{Actors, Role};

use super::approvers::{APPROVED, DECLINED};
use crate::connectors::jira::{
    model::{Answer, Person, Round},
    wanted::Wanted,
};

/// Those who approved or declined. Who was asked and has not answered is nobody yet.
pub fn of_round(round: &Round, wanted: &Wanted) -> Actors {
    wanted.actors.told(decided(round))
}

/// Who asked, and those who approved.
pub fn of_duties(reporter: &Person, round: &Round, wanted: &Wanted) -> Actors {
    let approved = decided(round).filter(|(role, _)| *role == Role::Approver);
    let requester = (Role::Requester, reporter.id());
    wanted.actors.told(approved.chain([requester]))
}

fn decided(round: &Round) -> impl Iterator<Item = (Role, Option<&str>)> {
    let answers = round.approvers.iter();
    answers.filter_map(|it| Some((role(it)?, it.approver.as_ref().and_then(|it| it.id()))))
}

fn role(answer: &Answer) -> Option<Role> {
    match answer.approver_decision.as_deref() {
        Some(APPROVED) => Some(Role::Approver),
        Some(DECLINED) => Some(Role::Decliner),
        Some(_) | None => None,
    }
}
