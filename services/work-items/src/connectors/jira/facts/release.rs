//! Whether the ticket names what is released. Pure.

use passport_evidence::{Fact, Meaning, Reason, StateTable, Subject};

use super::{RELEASE, told};
use crate::connectors::jira::{
    model::Ticket,
    names,
    pull::filters,
    wanted::{Target, Wanted},
};

const STATES: StateTable =
    StateTable::new(&[("another version", Meaning::Failed(Reason::OtherSubject))]);

/// The fact. A version is told from others by its name alone: that is what a subject has.
pub fn fact(ticket: &Ticket, wanted: &Wanted, subject: Option<&Subject>) -> Fact {
    let version = subject.and_then(|it| it.version.as_deref());
    let Some(version) = version.filter(|it| names::is_value(it)) else {
        return Fact::unknown(RELEASE, Reason::NoSubject);
    };
    match matches(ticket, wanted, subject, version) {
        Err(reason) => Fact::unknown(RELEASE, reason),
        Ok(true) => told(RELEASE, version),
        Ok(false) => Fact::state(RELEASE, "another version", &STATES),
    }
}

fn matches(
    ticket: &Ticket,
    wanted: &Wanted,
    subject: Option<&Subject>,
    version: &str,
) -> Result<bool, Reason> {
    let fields = &ticket.fields;
    let versions = fields.fix_versions.told()?;
    let labels = fields.labels.told()?;
    let mut named = versions.into_iter().flatten();
    if named.any(|it| it.name == version) {
        return Ok(true);
    }
    let label = label(wanted, subject, version);
    let says = |it: &String| it == version || label.as_ref() == Some(it);
    if labels.into_iter().flatten().any(says) {
        return Ok(true);
    }
    // Labels are for many things: without a version nothing contradicts.
    match versions.is_some_and(|it| !it.is_empty()) {
        true => Ok(false),
        false => Err(Reason::NoData),
    }
}

/// The source's label, where the version stands in it.
fn label(wanted: &Wanted, subject: Option<&Subject>, version: &str) -> Option<String> {
    let Target::Search { label: Some(_), .. } = &wanted.target else {
        return None;
    };
    let (_, label) = filters(wanted, subject)?;
    label.filter(|it| it.contains(version))
}
