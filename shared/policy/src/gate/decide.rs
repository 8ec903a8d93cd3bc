//! The decision.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use passport_evidence::{
    Category, Evidence, Fact, FactName, Failure, Reason, Scope, SourceName, Status, Subject,
};

use super::{
    against,
    agreed::Agreed,
    decision::{Decided, Decision},
    findings,
    policy::{Consequence, FactAt, GatePolicy, Requirement},
    result::{RequirementResult, State},
    rules, subject,
    waiver::{Approval, Waiver},
};

/// What is decided, and by what.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// What is required.
    pub policy: &'a GatePolicy,
    /// What the release is about.
    pub scope: &'a Scope,
    /// What is being released. `None`: nobody says.
    pub subject: Option<&'a Subject>,
    /// The sources that are configured, with the category of each.
    pub planned: &'a BTreeMap<SourceName, Category>,
    /// What came back, admitted at `now`: facts that are too old are `unknown` in it.
    pub evidence: &'a [Evidence],
    /// The sources that could not answer.
    pub failures: &'a [Failure],
    /// What persons have accepted.
    pub waivers: &'a [Waiver],
    /// What persons have agreed to.
    pub approvals: &'a [Approval],
    /// When it is decided.
    pub now: DateTime<Utc>,
}

/// Decides. Neither the order of what is given nor anything that is given twice matters.
pub fn decide(asked: &Asked<'_>) -> Decided {
    let required = asked.policy.requirements.iter();
    let findings: Vec<_> = required.map(|it| (it, results_of(it, asked))).collect();
    let applied = applied_waivers(&findings);
    let weighed = findings
        .into_iter()
        .map(|(it, results)| weighed(it, results));
    let mut results: Vec<_> = weighed.collect();
    if results.is_empty() {
        results.push(empty_policy());
    }
    results.extend(live_sources(asked));
    results.extend(subject::bound(asked));
    results.extend(subject::chained(asked));
    results.extend(rules::results(asked));
    let agreed = Agreed::of(asked, &results);
    results.extend(agreed.told());
    results.iter_mut().for_each(|it| agreed.accept(it));
    let worst = results.iter().map(|it| it.consequence).max();
    let decision = Decision::of(worst.unwrap_or(Consequence::Hold), already_runs(asked));
    // Stable: those that weigh the same stay in the order of the policy.
    results.sort_by_key(|it| Reverse((it.consequence, it.state)));
    Decided {
        decision,
        mode: asked.policy.mode,
        valid_until: valid_until(&applied, agreed.until(), asked),
        requirements: results,
        waivers: applied,
        approvals: agreed.ids(),
    }
}

fn results_of(requirement: &Requirement, asked: &Asked<'_>) -> Vec<RequirementResult> {
    let found = findings::of(requirement, asked);
    let results = found
        .iter()
        .map(|it| against::result(it, requirement, asked));
    results.collect()
}

fn applied_waivers(findings: &[(&Requirement, Vec<RequirementResult>)]) -> BTreeSet<String> {
    let results = findings.iter().flat_map(|(_, results)| results);
    results.filter_map(|it| it.waiver_id.clone()).collect()
}

/// The finding that weighs most decides. Of equals the first by its names, whatever came first.
fn weighed(requirement: &Requirement, results: Vec<RequirementResult>) -> RequirementResult {
    let many = distinct(&results);
    let worst = results
        .into_iter()
        .reduce(|one, other| match rank(&other) > rank(&one) {
            true => other,
            false => one,
        });
    let nothing = || RequirementResult::missing(requirement.words(), "nothing was found");
    let worst = worst.unwrap_or_else(nothing);
    match worst.state == State::Satisfied && many > 1 {
        true => RequirementResult::met(worst.requirement, format!("all {many} facts are good")),
        false => worst,
    }
}

/// How many facts were looked at, each once.
fn distinct(results: &[RequirementResult]) -> usize {
    let facts = results.iter().map(|it| (&it.source, &it.fact, &it.item));
    facts.collect::<BTreeSet<_>>().len()
}

/// How much a result weighs; of equals the first by its names.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Rank<'a>(Consequence, State, Reverse<[&'a str; 4]>);

fn rank(result: &RequirementResult) -> Rank<'_> {
    let names = [
        result.source.as_ref().map_or("", SourceName::as_str),
        result.fact.as_ref().map_or("", FactName::as_str),
        result.item.as_deref().unwrap_or_default(),
        &result.explanation,
    ];
    Rank(result.consequence, result.state, Reverse(names))
}

fn empty_policy() -> RequirementResult {
    RequirementResult {
        reason: Some(Reason::NotConfigured),
        next_action: Some("say under `policy` what a release needs here".to_owned()),
        ..RequirementResult::missing(
            "something that a release needs",
            "the policy requires nothing",
        )
    }
}

/// Whether enough sources have answered with a fact that can be relied on.
fn live_sources(asked: &Asked<'_>) -> Option<RequirementResult> {
    let least = asked.policy.least_live_sources;
    if least == 0 {
        return None;
    }
    let is_live = |evidence: &&Evidence| {
        let told = |status| !matches!(status, Status::Unknown | Status::NotApplicable);
        evidence.facts().iter().any(|fact| told(fact.status()))
    };
    let live = asked.evidence.iter().filter(is_live).map(|it| &it.source);
    let live = live.collect::<BTreeSet<_>>().len();
    let requirement = format!("at least {least} live sources");
    let told = format!("{live} have answered with something that can be relied on");
    Some(match live >= least {
        true => RequirementResult::met(requirement, told),
        false => RequirementResult {
            next_action: Some("see why the other sources do not answer".to_owned()),
            ..RequirementResult::missing(requirement, told)
        },
    })
}

fn already_runs(asked: &Asked<'_>) -> bool {
    let Some(at) = &asked.policy.runs else {
        return false;
    };
    let mut facts = facts_at(at, asked).map(|(_, fact)| fact);
    let first = facts.next();
    first.is_some_and(|first| first.status() == Status::Passed)
        && facts.all(|fact| fact.status() == Status::Passed)
}

/// When the first of the facts that the decision rests on is too old, the first of the waivers ends, or
/// too few persons agree.
fn valid_until(
    applied: &BTreeSet<String>,
    agreed: Option<DateTime<Utc>>,
    asked: &Asked<'_>,
) -> Option<DateTime<Utc>> {
    let policy = asked.policy;
    let required = policy
        .requirements
        .iter()
        .flat_map(|it| findings::of(it, asked));
    let required = required.filter_map(|it| it.evidence());
    let further = policy
        .chain
        .iter()
        .chain(&policy.runs)
        .flat_map(|at| facts_at(at, asked));
    // A rule may speak of any fact, and every source that answered counts among those that have to.
    let rests_on_all = !policy.rules.is_empty() || policy.least_live_sources > 0;
    let evidence = asked.evidence.iter().filter(|_| rests_on_all);
    let all = evidence.flat_map(|it| it.facts().iter().map(move |fact| (it, fact)));
    let known = required
        .chain(further)
        .chain(all)
        .filter(|(_, fact)| fact.status() != Status::Unknown);
    // What is over already is nothing that the decision rests on.
    let ends = known.filter_map(|(evidence, fact)| end_of(evidence, fact));
    let ends = ends.filter(|end| *end > asked.now);
    let waivers = asked.waivers.iter().filter(|it| applied.contains(&it.id));
    let ends = ends.chain(waivers.map(|it| it.expires_at));
    ends.chain(agreed).min()
}

/// When a fact is too old; `None` where it has no time.
fn end_of(evidence: &Evidence, fact: &Fact) -> Option<DateTime<Utc>> {
    let max_age = evidence.freshness().max_age.as_delta();
    fact.observed_at()?.checked_add_signed(max_age)
}

/// Whether a fact is too old.
pub(super) fn is_over(evidence: &Evidence, fact: &Fact, now: DateTime<Utc>) -> bool {
    end_of(evidence, fact).is_some_and(|end| end <= now)
}

/// Every fact of this name that came of the source.
pub(super) fn facts_at<'a>(
    at: &'a FactAt,
    asked: &Asked<'a>,
) -> impl Iterator<Item = (&'a Evidence, &'a Fact)> {
    let evidence = asked.evidence.iter().filter(|it| it.source == at.source);
    let facts = evidence.flat_map(|it| it.facts().iter().map(move |fact| (it, fact)));
    facts.filter(|(_, fact)| *fact.name() == at.fact)
}

// === impl RequirementResult ===

impl RequirementResult {
    /// It is met.
    pub(super) fn met(requirement: String, explanation: impl Into<String>) -> Self {
        Self {
            state: State::Satisfied,
            consequence: Consequence::Allow,
            ..Self::missing(requirement, explanation)
        }
    }

    /// It is not met, for want of something.
    pub(super) fn missing(requirement: impl Into<String>, explanation: impl Into<String>) -> Self {
        Self {
            requirement: requirement.into(),
            state: State::Missing,
            consequence: Consequence::Hold,
            explanation: explanation.into(),
            next_action: None,
            source: None,
            fact: None,
            item: None,
            reason: None,
            waiver_id: None,
        }
    }
}
