//! Whether evidence is about what is being released.

use std::collections::BTreeSet;

use passport_evidence::{Reason, Status, Subject};

use super::{
    decide::{Asked, facts_at},
    findings,
    policy::{Binds, Consequence, FactAt},
    result::{RequirementResult, State},
};

/// Whether the release names what the policy binds.
pub(super) fn bound(asked: &Asked<'_>) -> Option<RequirementResult> {
    let Binds {
        revision,
        artifact_digest,
    } = asked.policy.binds;
    let parts = [
        (
            revision,
            "its full commit id",
            has_revision as fn(&Subject) -> bool,
        ),
        (artifact_digest, "a digest of its artifact", has_digest),
    ];
    let wanted: Vec<_> = parts
        .into_iter()
        .filter(|(is_bound, ..)| *is_bound)
        .collect();
    if wanted.is_empty() {
        return None;
    }
    let names: Vec<_> = wanted.iter().map(|(_, name, _)| *name).collect();
    let missing: Vec<_> = wanted
        .iter()
        .filter(|(_, _, has)| !asked.subject.is_some_and(has))
        .map(|(_, name, _)| *name)
        .collect();
    let requirement = format!("the release names {}", names.join(" and "));
    Some(match missing.is_empty() {
        true => RequirementResult::met(requirement, "it does"),
        false => RequirementResult {
            reason: Some(Reason::NoSubject),
            next_action: Some(format!("ask again with {}", missing.join(" and "))),
            ..RequirementResult::missing(
                requirement,
                format!("{} is not given", missing.join(" and ")),
            )
        },
    })
}

fn has_revision(subject: &Subject) -> bool {
    subject.revision.is_some()
}

fn has_digest(subject: &Subject) -> bool {
    !subject.artifact_digests.is_empty()
}

/// Whether one and the same artifact is named all along the chain. A link that nobody can tell holds; two
/// links that name different artifacts block.
pub(super) fn chained(asked: &Asked<'_>) -> Option<RequirementResult> {
    let chain = &asked.policy.chain;
    if chain.len() < 2 {
        return None;
    }
    let names: Vec<_> = chain
        .iter()
        .map(|at| format!("{} of {}", at.fact, at.source))
        .collect();
    let requirement = format!("one artifact in {}", names.join(", "));
    let links: Vec<_> = chain.iter().map(|at| (at, digests(at, asked))).collect();
    let known = links
        .iter()
        .filter_map(|(at, digests)| Some((*at, digests.as_ref()?)));
    let mut known = known.peekable();
    let mut common = known
        .peek()
        .map(|(_, first)| (*first).clone())
        .unwrap_or_default();
    for (at, digests) in known {
        common = common.intersection(digests).cloned().collect();
        if common.is_empty() {
            return Some(broken(requirement, at));
        }
    }
    let unknown = links.iter().find(|(_, digests)| digests.is_none());
    Some(match unknown {
        None => RequirementResult::met(requirement, "it is"),
        Some((at, _)) => RequirementResult {
            source: Some(at.source.clone()),
            fact: Some(at.fact.clone()),
            reason: Some(Reason::NoData),
            next_action: Some(format!("let {} tell {}", at.source, at.fact)),
            ..RequirementResult::missing(
                requirement,
                format!(
                    "{} of {} can't be relied on or is not there",
                    at.fact, at.source
                ),
            )
        },
    })
}

fn broken(requirement: String, at: &FactAt) -> RequirementResult {
    RequirementResult {
        state: State::Violated,
        consequence: Consequence::Block,
        explanation: format!("{} of {} names another artifact", at.fact, at.source),
        next_action: Some(format!(
            "release what was built: see which artifact {} has, and how it came there",
            at.source
        )),
        source: Some(at.source.clone()),
        fact: Some(at.fact.clone()),
        reason: Some(Reason::OtherSubject),
        ..RequirementResult::missing(requirement, "")
    }
}

/// The artifacts that a fact names, separated by commas; `None` where it can't be relied on. One that failed
/// tells its artifact all the same: it is what broke the chain. Where a source is doubled, or has the fact for
/// several items, all of them are named.
fn digests(at: &FactAt, asked: &Asked<'_>) -> Option<BTreeSet<String>> {
    let facts = facts_at(at, asked).map(|(_, fact)| fact).collect();
    let mut named: Option<BTreeSet<String>> = None;
    for fact in findings::concerning(facts) {
        if matches!(fact.status(), Status::Unknown | Status::Pending) {
            return None;
        }
        let text = fact.value_text()?;
        let these: BTreeSet<_> = text.split(',').map(|it| it.trim().to_owned()).collect();
        named = Some(match named {
            None => these,
            // Of several answers only what all of them name is sure.
            Some(before) => before.intersection(&these).cloned().collect(),
        });
    }
    named
}
