//! Whether the requester approved.

use passport_evidence::{Fact, Meaning, Reason, StateTable};

use super::{DUTIES, approvals::Approvals};
use crate::connectors::servicenow::{cell, pull::Found, wanted::Wanted};

const OK: &str = "ok";
const SELF: &str = "self-approved";

const STATES: StateTable = StateTable::new(&[
    (OK, Meaning::Passed),
    (SELF, Meaning::Failed(Reason::BadState)),
]);

/// The fact. Persons are compared by their ids, and told only by ids that tell nothing.
pub fn fact(found: &Found, approvals: &Approvals<'_>, wanted: &Wanted) -> Fact {
    if !wanted.separation_of_duties {
        return Fact::not_applicable(DUTIES, Reason::NotConfigured);
    }
    let requester = match cell::coded(found.change.requested_by.as_ref()) {
        None => return Fact::unknown(DUTIES, Reason::UnexpectedShape),
        Some("") => return Fact::unknown(DUTIES, Reason::NoData),
        Some(id) => id,
    };
    let actors = approvals.of_duties(requester, wanted);
    compared(requester, approvals).involving(actors)
}

fn compared(requester: &str, approvals: &Approvals<'_>) -> Fact {
    let approvers: Vec<_> = approvals.approved().map(|it| it.person()).collect();
    if approvers.contains(&Some(requester)) {
        return Fact::state(DUTIES, SELF, &STATES);
    }
    if approvers.iter().any(|it| it.is_none_or(str::is_empty)) {
        return Fact::unknown(DUTIES, Reason::UnexpectedShape);
    }
    match (approvals.doubt, approvers.is_empty()) {
        (Some(reason), _) => Fact::unknown(DUTIES, reason),
        (None, true) => Fact::unknown(DUTIES, Reason::NoData),
        (None, false) => Fact::state(DUTIES, OK, &STATES),
    }
}
