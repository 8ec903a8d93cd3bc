//! Who deals with open incidents, by ids that tell nothing of them.

use passport_evidence::{Actors, Role};

use super::active::Active;
use crate::connectors::pagerduty::{
    model::{Acknowledgement, Incident},
    settings::Wanted,
};

/// Kinds of those who acknowledge that are persons. A service may, too.
const PERSONS: [&str; 2] = ["user_reference", "user"];

/// Those whom the incidents are assigned to, and those who took them on.
pub fn of(active: &Active<'_>, wanted: &Wanted) -> Actors {
    let rows = active.rows.iter().copied();
    let persons = rows.flat_map(|it| assigned(it).chain(responding(it)));
    wanted.actors.told(persons)
}

fn assigned(incident: &Incident) -> impl Iterator<Item = (Role, Option<&str>)> {
    let all = incident.assignments.if_told().into_iter().flatten();
    all.map(|it| {
        (
            Role::Assignee,
            it.if_told().map(|it| it.assignee.id.as_str()),
        )
    })
}

fn responding(incident: &Incident) -> impl Iterator<Item = (Role, Option<&str>)> {
    let all = incident.acknowledgements.if_told().into_iter().flatten();
    let is_person = |it: &Acknowledgement| PERSONS.contains(&it.acknowledger.kind.as_str());
    let persons = all.filter_map(|it| it.if_told());
    let persons = persons.filter(move |it| is_person(it));
    persons.map(|it| (Role::Responder, Some(it.acknowledger.id.as_str())))
}
