//! Whether a search found only what was searched for. Pure.

use passport_evidence::{Reason, Subject};

use super::ticket::is_of;
use crate::connectors::jira::{
    model::Ticket,
    names,
    pull::{Seen, filters},
    wanted::Wanted,
};

/// Whether every ticket is in an allowed project and has all that was searched for. A ticket that was asked
/// for by its key was not searched for.
pub fn was_applied(tickets: &[Seen], wanted: &Wanted, subject: Option<&Subject>) -> bool {
    if wanted.issue().is_some() {
        return true;
    }
    let Some((version, label)) = filters(wanted, subject) else {
        return false;
    };
    let fits = |it: &Seen| fits(&it.ticket, wanted, version.as_deref(), label.as_deref());
    tickets.iter().all(|it| fits(it) != Ok(false))
}

/// What is not told of a ticket is judged where it matters.
fn fits(
    ticket: &Ticket,
    wanted: &Wanted,
    version: Option<&str>,
    label: Option<&str>,
) -> Result<bool, Reason> {
    let allowed = |it: &str| wanted.projects.iter().any(|project| project == it);
    let fields = &ticket.fields;
    let is_allowed = names::project_of(&ticket.key).is_some_and(allowed)
        && fields
            .project
            .required()
            .map_or(true, |it| allowed(&it.key));
    if !is_allowed {
        return Ok(false);
    }
    let named = |name: &str| -> Result<bool, Reason> {
        let versions = fields.fix_versions.told()?;
        let mut names = versions
            .into_iter()
            .flatten()
            .map(|it| it.name.to_lowercase());
        Ok(names.any(|it| it == name.to_lowercase()))
    };
    let labelled = |label: &str| -> Result<bool, Reason> {
        let mut labels = fields.labels.told()?.into_iter().flatten();
        Ok(labels.any(|it| it == label))
    };
    let of_type = |kind: &str| Ok(is_of(fields.issuetype.required()?, kind));
    let checks = [
        version.map(named),
        label.map(labelled),
        wanted.issue_type.as_deref().map(of_type),
    ];
    let checks: Vec<Result<bool, Reason>> = checks.into_iter().flatten().collect();
    // One thing that surely isn't so is enough, whatever else is not told.
    match checks.contains(&Ok(false)) {
        true => Ok(false),
        false => checks.into_iter().try_fold(true, |all, it| Ok(all && it?)),
    }
}
