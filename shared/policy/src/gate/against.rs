//! What a finding means for a release.

use passport_evidence::{Evidence, Fact, Origin, Reason, Status};

use super::{
    decide::{Asked, is_over},
    findings::Found,
    next,
    policy::{Consequence, Requirement, Severity},
    result::{RequirementResult, State},
    waiver::Waiver,
};

/// What a finding means under its requirement, waivers counted.
pub(super) fn result(
    found: &Found<'_>,
    requirement: &Requirement,
    asked: &Asked<'_>,
) -> RequirementResult {
    let (state, consequence) = meaning(found, requirement, asked);
    let fact = found.fact();
    let plain = RequirementResult {
        requirement: requirement.words(),
        state,
        consequence,
        explanation: explanation(found),
        next_action: (state != State::Satisfied).then(|| next::action(found)),
        source: found.source().cloned(),
        fact: found.fact_name().cloned(),
        item: fact.and_then(Fact::item).map(str::to_owned),
        reason: reason(found),
        waiver_id: None,
    };
    if consequence == Consequence::Allow {
        return plain;
    }
    match waived(found, asked) {
        Some(waiver) => accepted(plain, waiver),
        None => softened(plain, requirement.severity),
    }
}

fn reason(found: &Found<'_>) -> Option<Reason> {
    match found {
        Found::Fact(_, fact) | Found::Declared(_, fact) => fact.reason(),
        Found::NoSource(_) => Some(Reason::NotConfigured),
        Found::NoFact(..) | Found::Failure(..) | Found::NoOutcome(..) => None,
    }
}

/// What only warns shows the same, and stops nothing.
fn softened(result: RequirementResult, severity: Severity) -> RequirementResult {
    match severity {
        Severity::Blocks => result,
        Severity::Warns => RequirementResult {
            state: State::Warned,
            consequence: Consequence::Allow,
            ..result
        },
    }
}

fn accepted(result: RequirementResult, waiver: &Waiver) -> RequirementResult {
    RequirementResult {
        state: State::Waived,
        consequence: Consequence::Allow,
        explanation: format!("{}; waived until {}", result.explanation, waiver.expires_at),
        waiver_id: Some(waiver.id.clone()),
        ..result
    }
}

/// The first by id of those that count: which one it is must not depend on their order.
fn waived<'a>(found: &Found<'_>, asked: &Asked<'a>) -> Option<&'a Waiver> {
    let (source, fact) = (found.source()?, found.fact_name()?);
    let item = found.fact().and_then(Fact::item);
    let of_it = asked
        .waivers
        .iter()
        .filter(|it| it.is_of(source, fact, item));
    let rules = &asked.policy.waivers;
    of_it
        .filter(|it| {
            it.counts(asked.scope, asked.subject, rules, asked.now)
                .is_ok()
        })
        .min_by_key(|it| &it.id)
}

fn meaning(
    found: &Found<'_>,
    requirement: &Requirement,
    asked: &Asked<'_>,
) -> (State, Consequence) {
    let means = requirement.means;
    let Found::Fact(evidence, fact) = found else {
        return (State::Missing, means.of_unknown());
    };
    match fact.status() {
        Status::Passed => (State::Satisfied, Consequence::Allow),
        Status::Warning => (State::Warned, means.warning),
        Status::Failed => (State::Violated, Consequence::Block),
        Status::Pending => (State::Missing, means.of_pending()),
        Status::Unknown => (State::Missing, means.of_unknown()),
        // Age makes other facts unknown; this one stays what it is, and counts no longer.
        Status::NotApplicable if is_over(evidence, fact, asked.now) => {
            (State::Missing, means.of_unknown().max(means.not_applicable))
        }
        Status::NotApplicable if means.not_applicable == Consequence::Allow => {
            (State::Satisfied, Consequence::Allow)
        }
        Status::NotApplicable => (State::Missing, means.not_applicable),
    }
}

fn explanation(found: &Found<'_>) -> String {
    match found {
        Found::Fact(evidence, fact) => whose(evidence, fact),
        Found::Declared(evidence, fact) => {
            format!("{}; the policy does not take it", whose(evidence, fact))
        }
        Found::NoFact(source, Some(name)) => format!("{source} answered without {name}"),
        Found::NoFact(source, None) => format!("{source} answered with nothing that is judged"),
        Found::Failure(failure, _) => {
            format!("{} could not answer: {}", failure.source, failure.code)
        }
        Found::NoOutcome(source, _) => format!("nothing came of {source}"),
        Found::NoSource(category) => {
            format!("no source of {} is configured", category.as_str())
        }
    }
}

/// What is declared is told as that wherever it counts too: nobody takes it for what a provider was asked.
fn whose(evidence: &Evidence, fact: &Fact) -> String {
    let (told, source) = (told(fact), &evidence.source);
    match evidence.provenance.origin {
        Origin::Declared => format!("{told} of {source}, which is somebody's word"),
        Origin::Pulled | Origin::Delivered => format!("{told} of {source}"),
    }
}

/// `error_rate (eu) is 2%, failed where < 1% is wanted: THRESHOLD_MISSED`, as far as all of that is there.
fn told(fact: &Fact) -> String {
    let mut told = fact.name().to_string();
    if let Some(item) = fact.item() {
        told += &format!(" ({item})");
    }
    if let Some(value) = fact.value_text() {
        told += &format!(" is {value},");
    }
    told += &format!(" {}", fact.status().as_str());
    if let Some(threshold) = fact.threshold() {
        told += &format!(" where {threshold} is wanted");
    }
    if let Some(reason) = fact.reason() {
        told += &format!(" ({})", Reason::as_str(reason));
    }
    told
}
