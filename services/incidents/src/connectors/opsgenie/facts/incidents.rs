//! Incidents of the service. Pure.

use passport_evidence::{Fact, Limits, Meaning, Quantity, Reason, Role, StateTable, Status};

use super::{INCIDENTS, threshold};
use crate::connectors::opsgenie::{client::Listed, model::Incident, wanted::Wanted};

const OPEN: &str = "open";
const RESOLVED: &str = "resolved";
const CLOSED: &str = "closed";

const STATES: StateTable = StateTable::new(&[(RESOLVED, Meaning::Warning(Reason::Degraded))]);

/// The fact; `None`: no service is named.
pub fn fact(read: Option<&Result<Listed<Incident>, Reason>>, wanted: &Wanted) -> Fact {
    let limits = Limits {
        threshold: threshold(&INCIDENTS, wanted),
        warn_threshold: None,
    };
    let listed = match read {
        None => return Fact::not_applicable(INCIDENTS, Reason::NotConfigured),
        Some(Err(reason)) => return Fact::unknown(INCIDENTS, *reason).wanting(limits.threshold),
        Some(Ok(listed)) => listed,
    };
    let rows = &listed.rows;
    let count = |status: &str| rows.iter().filter(|it| it.status == status).count() as u64;
    let (open, resolved) = (count(OPEN), count(RESOLVED));
    let known = open + resolved + count(CLOSED);
    let fact = Fact::measured(INCIDENTS, Quantity::count(open).into(), &limits);
    let fact = match (fact.status(), resolved) {
        (Status::Passed, 1..) => Fact::state(INCIDENTS, RESOLVED, &STATES)
            .showing(Quantity::count(open))
            .wanting(limits.threshold),
        (_, _) => fact,
    };
    let service = wanted.service.as_ref();
    let is_its = |it: &Incident| {
        let told = it.impacted_services.as_ref();
        told.is_none_or(|all| service.is_some_and(|it| all.contains(it)))
    };
    let doubts = [
        (known < rows.len() as u64, Reason::UnrecognizedState),
        (!rows.iter().all(|it| is_its(it)), Reason::FilterNotApplied),
        (!listed.is_whole, Reason::Incomplete),
    ];
    let doubts = doubts.into_iter().filter(|(is_so, _)| *is_so);
    let open = rows.iter().filter(|it| it.status == OPEN && is_its(it));
    let persons = open.flat_map(|it| it.persons());
    let actors = wanted.actors.told(persons.map(|it| (Role::Responder, it)));
    let fact = fact.involving(actors);
    doubts.fold(fact, |fact, (_, reason)| fact.doubt(reason))
}
