//! What a case expects, beside what came of it.

use std::collections::BTreeMap;

use passport_evidence::json::time;
use passport_evidence::{Evidence, Fact, Failure, Outcome, Problem, Status};

use super::Differences;
use super::play::{End, Played};
use super::words;
use crate::case::{
    Case, ExpectedFact, ExpectedFailure, ExpectedFreshness, ExpectedRefusal, Outcome as Kind,
};

/// Compares how a case ended.
pub(super) fn end(case: &Case, end: &End, differences: &mut Differences) {
    match end {
        End::Refused(problems) => refused(case, problems, differences),
        End::Outcome(found) => outcome(case, found, differences),
    }
}

fn outcome(case: &Case, found: &Outcome, differences: &mut Differences) {
    let expected = &case.expected;
    match (expected.outcome, found) {
        (Kind::Failure, Outcome::Failure(found)) => {
            failure(expected.failure.as_ref(), found, differences);
        }
        (Kind::Evidence, Outcome::Evidence(found)) => {
            freshness(expected.freshness.as_ref(), found, differences);
            facts(case, found.facts(), differences);
            excerpts(case.rules.excerpts.as_deref(), found.facts(), differences);
            redactions(case.rules.redactions.as_ref(), found.facts(), differences);
        }
        (wanted, found) => {
            let wanted = words::kind(wanted);
            differences.add(format!("{}, not {wanted}", words::outcome(found)));
            if let Outcome::Evidence(evidence) = found {
                differences.unearned_pass = evidence.facts().iter().any(has_passed);
            }
        }
    }
}

fn refused(case: &Case, found: &[Problem], differences: &mut Differences) {
    let expected = &case.expected;
    match expected.outcome {
        Kind::Refused => refusal(expected.refused.as_ref(), found, differences),
        Kind::Evidence | Kind::Failure => {
            let wanted = words::kind(expected.outcome);
            let problems = words::problems(found);
            differences.add(format!("refused ({problems}), not {wanted}"));
        }
    }
}

/// Compares what the provider was asked.
pub(super) fn requests(case: &Case, played: &Played, differences: &mut Differences) {
    for write in &played.writes {
        differences.add(format!(
            "{write} is listed nowhere and may change something"
        ));
    }
    if let Some(why) = &played.unsigned {
        differences.add(why.clone());
    }
    let wanted = match case.expected.outcome {
        Kind::Refused => Some(0),
        Kind::Evidence | Kind::Failure => case.rules.requests,
    };
    if let Some(wanted) = wanted.filter(|wanted| *wanted != played.requests) {
        differences.add(format!(
            "the provider saw {} requests, not {wanted}",
            played.requests
        ));
    }
}

fn refusal(wanted: Option<&ExpectedRefusal>, found: &[Problem], differences: &mut Differences) {
    let Some(wanted) = wanted else { return };
    if !found
        .iter()
        .any(|problem| is_at_or_below(&problem.path, &wanted.path))
    {
        differences.add(format!(
            "refused at {}, not at {}",
            words::problems(found),
            wanted.path
        ));
    }
}

fn is_at_or_below(path: &str, wanted: &str) -> bool {
    path.strip_prefix(wanted)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

fn failure(wanted: Option<&ExpectedFailure>, found: &Failure, differences: &mut Differences) {
    let Some(wanted) = wanted else { return };
    if found.code.as_str() != wanted.code {
        differences.add(format!("failure {}, not {}", found.code, wanted.code));
    }
    if wanted.retry_at.is_some() && wanted.retry_at != found.retry_at {
        differences.add(format!(
            "retryAt {}, not {}",
            words::optional_time(found.retry_at),
            words::optional_time(wanted.retry_at)
        ));
    }
}

fn freshness(wanted: Option<&ExpectedFreshness>, found: &Evidence, differences: &mut Differences) {
    let Some(wanted) = wanted else { return };
    let found = found.freshness();
    if let Some(at) = wanted.observed_at.filter(|at| *at != found.observed_at) {
        differences.add(format!(
            "observedAt {}, not {}",
            words::optional_time(found.observed_at),
            at.map_or("null".to_owned(), time)
        ));
    }
    let max_age = u64::from(found.max_age.as_secs());
    if let Some(wanted) = wanted.max_age_seconds.filter(|it| *it != max_age) {
        differences.add(format!("maxAgeSeconds {max_age}, not {wanted}"));
    }
}

fn facts(case: &Case, found: &[Fact], differences: &mut Differences) {
    for wanted in &case.expected.facts {
        let of_name = || found.iter().filter(|fact| is_about(wanted, fact));
        let wrong = of_name().map(|fact| differing(wanted, fact));
        let nearest = wrong.min_by_key(Vec::len);
        let name = words::name(&wanted.name, wanted.item.as_deref());
        match nearest {
            None => differences.add(format!("{name} is missing")),
            Some(wrong) => wrong
                .into_iter()
                .for_each(|wrong| differences.add(format!("{name} {wrong}"))),
        }
    }
    for fact in found.iter().filter(|fact| is_unearned(case, fact)) {
        differences.unearned_pass = true;
        let name = words::name(fact.name().as_str(), fact.item());
        differences.add(format!("{name} has passed and should not"));
    }
}

/// Compares what is shown of log lines, if anything is.
fn excerpts(wanted: Option<&[String]>, found: &[Fact], differences: &mut Differences) {
    let found = found.iter().flat_map(|fact| fact.excerpts().iter());
    let found: Vec<_> = found.collect();
    if let Some(wanted) = wanted.filter(|it| !found.is_empty() && found != **it) {
        differences.add(format!("excerpts {found:?}, not {wanted:?}"));
    }
}

/// Compares how much was taken out of the lines that are shown.
fn redactions(
    wanted: Option<&BTreeMap<String, u32>>,
    found: &[Fact],
    differences: &mut Differences,
) {
    let Some(wanted) = wanted else { return };
    let mut all = BTreeMap::<String, u32>::new();
    for (kind, count) in found.iter().flat_map(|fact| fact.excerpts().redactions()) {
        *all.entry(kind.clone()).or_default() += count;
    }
    if all != *wanted {
        differences.add(format!("redactions {all:?}, not {wanted:?}"));
    }
}

fn is_about(wanted: &ExpectedFact, fact: &Fact) -> bool {
    fact.name().as_str() == wanted.name
        && (wanted.item.is_none() || wanted.item.as_deref() == fact.item())
}

/// Whether a fact has passed that no listed one lets pass.
fn is_unearned(case: &Case, fact: &Fact) -> bool {
    let listed = || {
        let facts = case.expected.facts.iter();
        facts.filter(|wanted| is_about(wanted, fact))
    };
    let may_pass = match listed().next() {
        Some(_) => listed().any(|wanted| wanted.status == Status::Passed.as_str()),
        None => case.others_may_pass,
    };
    has_passed(fact) && !may_pass
}

fn has_passed(fact: &Fact) -> bool {
    fact.status() == Status::Passed
}

/// What of a fact is not as listed, in words.
fn differing(wanted: &ExpectedFact, fact: &Fact) -> Vec<String> {
    let mut differences = Vec::new();
    let mut compare = |what: &str, wanted: Option<&str>, found: Option<String>, same: Same| {
        let Some(wanted) = wanted else { return };
        if !found.as_deref().is_some_and(|found| same(wanted, found)) {
            let found = found.unwrap_or_else(|| "absent".to_owned());
            differences.push(format!("{what} {found}, not {wanted}"));
        }
    };
    let equal: Same = |wanted, found| wanted == found;
    let status = fact.status().to_string();
    let reason = fact.reason().map(|reason| reason.to_string());
    let threshold = fact.threshold().map(ToString::to_string);
    let digest = fact.query().map(ToString::to_string);
    let baseline = fact.baseline().map(|it| it.display(fact.threshold()));
    let link = fact.link().map(str::to_owned);
    compare("status", Some(&wanted.status), Some(status), equal);
    compare("reason", wanted.reason.as_deref(), reason, equal);
    compare(
        "value",
        wanted.value.as_deref(),
        fact.value_text(),
        words::same_value,
    );
    compare(
        "threshold",
        wanted.threshold.as_deref(),
        threshold,
        words::same_threshold,
    );
    compare("queryDigest", wanted.query_digest.as_deref(), digest, equal);
    compare(
        "baseline",
        wanted.baseline.as_deref(),
        baseline,
        words::same_value,
    );
    compare("link", wanted.link.as_deref(), link, equal);
    let actors = wanted.actors.as_ref().map(counted);
    let found = Some(counted(&by_role(fact)));
    compare("actors", actors.as_deref(), found, equal);
    differences
}

/// How many persons stand behind a fact, by role.
fn by_role(fact: &Fact) -> BTreeMap<String, u32> {
    let mut counts = BTreeMap::new();
    for actor in fact.actors().iter() {
        *counts.entry(actor.role.to_string()).or_default() += 1;
    }
    if fact.actors().further() > 0 {
        counts.insert("further".to_owned(), fact.actors().further());
    }
    counts
}

fn counted(roles: &BTreeMap<String, u32>) -> String {
    let parts = roles.iter().map(|(role, count)| format!("{role} {count}"));
    let parts: Vec<_> = parts.collect();
    match parts.is_empty() {
        true => "nobody".to_owned(),
        false => parts.join(", "),
    }
}

type Same = fn(&str, &str) -> bool;
