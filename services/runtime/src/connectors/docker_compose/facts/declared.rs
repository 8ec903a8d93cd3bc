//! The services that a project shall have, against those of which containers run.

use std::collections::{BTreeMap, BTreeSet};

use passport_evidence::{Fact, Limits, Meaning, Quantity, Reason, StateTable, Status, Threshold};

use super::DECLARED_SERVICES;
use crate::connectors::docker_compose::{
    client::Seen,
    members::{folders, is_of_folder, is_oneoff, once},
    model::Listed,
    settings::{Scope, Wanted, is_name},
};

const UNDECLARED: StateTable =
    StateTable::new(&[("undeclared", Meaning::Warning(Reason::Degraded))]);
/// Services beyond what is declared that are told one by one.
const MOST: usize = 20;
/// What stands for a service whose name is none.
const NAMELESS: &str = "nameless";

/// How many containers of a service there are.
#[derive(Debug, Clone, Copy, Default)]
struct Found {
    running: u64,
    /// Made, and not started yet.
    created: u64,
}

/// A fact for each service that is declared, and one for each that runs and is not.
pub fn facts(listed: &Seen<Vec<Listed>>, wanted: &Wanted) -> Vec<Fact> {
    let found = listed.as_ref().map_err(|reason| *reason);
    let counted = found.and_then(|(all, _)| counted(all, wanted));
    let at = found.ok().map(|(_, at)| *at);
    let facts = match counted {
        Ok(counted) => held_against(&counted, wanted),
        Err(reason) => unread(reason, wanted),
    };
    facts.into_iter().map(|it| it.observed(at)).collect()
}

/// The facts where nothing is known of the project.
pub fn unread(reason: Reason, wanted: &Wanted) -> Vec<Fact> {
    let declared = wanted.services.iter().flatten();
    let unknown = |(name, count): (&String, &u32)| {
        let fact = Fact::unknown(DECLARED_SERVICES, reason).wanting(at_least(*count));
        fact.about(name)
    };
    declared.map(unknown).collect()
}

/// By service. Containers of two folders are of two projects.
fn counted(listed: &[Listed], wanted: &Wanted) -> Result<BTreeMap<String, Found>, Reason> {
    let scope = &wanted.scope;
    if listed.iter().any(|it| !is_of_project(it, scope)) {
        return Err(Reason::FilterNotApplied);
    }
    let mut all = once(listed.to_vec())?;
    all.retain(|it| !is_oneoff(it) && is_of_folder(it, scope));
    if scope.working_dir.is_none() && folders(&all).len() > 1 {
        return Err(Reason::Ambiguous);
    }
    let mut found: BTreeMap<String, Found> = BTreeMap::new();
    for container in &all {
        let service = container.label("service").unwrap_or_default();
        let counts = found.entry(service.to_owned()).or_default();
        match container.state.as_deref() {
            Some("running") => counts.running += 1,
            Some("created") => counts.created += 1,
            Some(_) => {}
            None => return Err(Reason::UnexpectedShape),
        }
    }
    Ok(found)
}

fn is_of_project(container: &Listed, scope: &Scope) -> bool {
    container.label("project") == Some(&scope.project)
}

fn held_against(found: &BTreeMap<String, Found>, wanted: &Wanted) -> Vec<Fact> {
    let declared = || wanted.services.iter().flatten();
    let told = declared().map(|(name, count)| {
        let found = found.get(name).copied().unwrap_or_default();
        of_declared(found, *count).about(name)
    });
    let is_declared = |name: &str| declared().any(|(it, _)| it == name);
    let others = found.iter();
    let others = others.filter(|(name, it)| it.running > 0 && !is_declared(name));
    let names = others.map(|(name, _)| match is_name(name) {
        true => name.as_str(),
        false => NAMELESS,
    });
    let names: BTreeSet<_> = names.collect();
    let others = names
        .into_iter()
        .take(MOST)
        .map(|it| Fact::state(DECLARED_SERVICES, "undeclared", &UNDECLARED).about(it));
    told.chain(others).collect()
}

/// Too few are pending while what is missing is only to be started.
fn of_declared(found: Found, count: u32) -> Fact {
    let limits = Limits {
        threshold: at_least(count),
        warn_threshold: None,
    };
    let judged = |it: u64| Fact::measured(DECLARED_SERVICES, Quantity::count(it).into(), &limits);
    let fact = judged(found.running);
    let will_be = judged(found.running.saturating_add(found.created));
    match (fact.status(), will_be.status()) {
        (Status::Failed, Status::Passed) => Fact::pending(DECLARED_SERVICES, Reason::InProgress)
            .showing(Quantity::count(found.running))
            .wanting(at_least(count)),
        (_, _) => fact,
    }
}

fn at_least(count: u32) -> Option<Threshold> {
    format!(">= {count}").parse().ok()
}
