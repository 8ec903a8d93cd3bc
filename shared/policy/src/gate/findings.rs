//! What was found for one requirement, fact by fact.

use passport_evidence::{Category, Evidence, Fact, FactName, Failure, Origin, SourceName, Status};

use super::{
    decide::Asked,
    policy::{Requirement, Wanted},
};

/// What was found of one fact.
#[derive(Debug, Clone, Copy)]
pub(super) enum Found<'a> {
    /// A fact.
    Fact(&'a Evidence, &'a Fact),
    /// A fact that was declared, where none such is taken.
    Declared(&'a Evidence, &'a Fact),
    /// The source answered without it; without a name: with nothing that is judged.
    NoFact(&'a SourceName, Option<&'a FactName>),
    /// The source could not answer, for this fact or for all.
    Failure(&'a Failure, Option<&'a FactName>),
    /// Nothing came of the source, for this fact or for all.
    NoOutcome(&'a SourceName, Option<&'a FactName>),
    /// No source of the category is configured.
    NoSource(Category),
}

/// Everything that speaks for or against a requirement; never empty.
pub(super) fn of<'a>(requirement: &'a Requirement, asked: &Asked<'a>) -> Vec<Found<'a>> {
    let sources = sources(requirement, asked);
    let found = sources
        .iter()
        .flat_map(|source| of_source(source, requirement, asked));
    let found: Vec<_> = found.collect();
    match (&requirement.of, found.is_empty()) {
        (Wanted::Category(category), true) => vec![Found::NoSource(*category)],
        _ => found,
    }
}

fn sources<'a>(requirement: &'a Requirement, asked: &Asked<'a>) -> Vec<&'a SourceName> {
    match &requirement.of {
        Wanted::Source(name) => vec![name],
        Wanted::Category(category) => {
            let planned = asked.planned.iter();
            let of_it = planned.filter(|(_, of)| *of == category);
            of_it.map(|(name, _)| name).collect()
        }
    }
}

/// A source that is doubled counts with all that it says.
fn of_source<'a>(
    source: &'a SourceName,
    requirement: &'a Requirement,
    asked: &Asked<'a>,
) -> Vec<Found<'a>> {
    let evidence = asked.evidence.iter().filter(|it| it.source == *source);
    let failures = asked.failures.iter().filter(|it| it.source == *source);
    let missing = || missing(requirement);
    let failed = failures.flat_map(|it| missing().map(move |name| Found::Failure(it, name)));
    let mut found: Vec<_> = failed.collect();
    for evidence in evidence {
        match requirement.facts.is_empty() {
            true => found.extend(judged(evidence, requirement)),
            false => found.extend(named(evidence, requirement)),
        }
    }
    match found.is_empty() {
        true => missing()
            .map(|name| Found::NoOutcome(source, name))
            .collect(),
        false => found,
    }
}

/// What is missing where a source says nothing: each fact that is named, so that a waiver can name it too.
fn missing(requirement: &Requirement) -> impl Iterator<Item = Option<&FactName>> {
    let whole = requirement.facts.is_empty().then_some(None);
    whole.into_iter().chain(requirement.facts.iter().map(Some))
}

fn judged<'a>(evidence: &'a Evidence, requirement: &Requirement) -> Vec<Found<'a>> {
    let judged = evidence.facts().iter();
    let judged = judged.filter(|fact| fact.status() != Status::NotApplicable);
    let found: Vec<_> = judged
        .map(|fact| taken(evidence, fact, requirement))
        .collect();
    match found.is_empty() {
        true => vec![Found::NoFact(&evidence.source, None)],
        false => found,
    }
}

fn named<'a>(evidence: &'a Evidence, requirement: &'a Requirement) -> Vec<Found<'a>> {
    let found = requirement.facts.iter().flat_map(|name| {
        let facts = evidence.facts().iter().filter(|fact| fact.name() == name);
        let found: Vec<_> = concerning(facts.collect())
            .into_iter()
            .map(|fact| taken(evidence, fact, requirement))
            .collect();
        match found.is_empty() {
            true => vec![Found::NoFact(&evidence.source, Some(name))],
            false => found,
        }
    });
    found.collect()
}

/// Those of the facts of one name that count. Items that are only shown, such as findings of a severity that
/// nobody judges or the image of a sidecar, say nothing where other items are judged.
pub(super) fn concerning(facts: Vec<&Fact>) -> Vec<&Fact> {
    match facts.iter().all(is_only_shown) {
        true => facts,
        false => facts.into_iter().filter(|it| !is_only_shown(it)).collect(),
    }
}

fn is_only_shown(item: &&Fact) -> bool {
    item.status() == Status::NotApplicable && item.item().is_some()
}

fn taken<'a>(evidence: &'a Evidence, fact: &'a Fact, requirement: &Requirement) -> Found<'a> {
    match evidence.provenance.origin {
        Origin::Declared if !requirement.takes_declared() => Found::Declared(evidence, fact),
        Origin::Declared | Origin::Pulled | Origin::Delivered => Found::Fact(evidence, fact),
    }
}

// === impl Found ===

impl<'a> Found<'a> {
    pub fn source(&self) -> Option<&'a SourceName> {
        match *self {
            Self::Fact(evidence, _) | Self::Declared(evidence, _) => Some(&evidence.source),
            Self::NoFact(source, _) | Self::NoOutcome(source, _) => Some(source),
            Self::Failure(failure, _) => Some(&failure.source),
            Self::NoSource(_) => None,
        }
    }

    pub fn fact(&self) -> Option<&'a Fact> {
        match *self {
            Self::Fact(_, fact) | Self::Declared(_, fact) => Some(fact),
            Self::NoFact(..) | Self::Failure(..) | Self::NoOutcome(..) | Self::NoSource(_) => None,
        }
    }

    /// What is there of what was wanted, and counts.
    pub fn evidence(&self) -> Option<(&'a Evidence, &'a Fact)> {
        match *self {
            Self::Fact(evidence, fact) => Some((evidence, fact)),
            Self::Declared(..)
            | Self::NoFact(..)
            | Self::Failure(..)
            | Self::NoOutcome(..)
            | Self::NoSource(_) => None,
        }
    }

    /// The fact that was wanted, whether it is there or not.
    pub fn fact_name(&self) -> Option<&'a FactName> {
        match *self {
            Self::NoFact(_, name) | Self::Failure(_, name) | Self::NoOutcome(_, name) => name,
            Self::Fact(_, fact) | Self::Declared(_, fact) => Some(fact.name()),
            Self::NoSource(_) => None,
        }
    }
}
