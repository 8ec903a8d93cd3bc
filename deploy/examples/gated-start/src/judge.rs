//! Whether what was answered is enough. Evidence is judged by the collector; what is left to its reader is
//! to see that it is about the right thing, that it is fresh, and that nothing that is wanted is missing.

use std::time::{Duration, SystemTime};

use passport_proto::evidence::{Evidence, Fact, FactStatus, Outcome, outcome::Kind};

use crate::Args;
use crate::ask::scope;

/// Why the program is not started.
#[derive(Debug)]
pub enum Held {
    /// There is evidence, and it is against it.
    NotPassed(Vec<String>),
    /// There is none that could be relied on.
    Untold(String),
}

/// Whether every fact that is wanted has passed, and still holds at `now`.
pub fn judge(outcomes: &[Outcome], args: &Args, now: SystemTime) -> Result<(), Held> {
    let evidence = evidence(outcomes, args)?;
    let reasons: Vec<_> = args
        .facts
        .iter()
        .filter_map(|wanted| against(wanted, evidence, now))
        .collect();
    match reasons.is_empty() {
        true => Ok(()),
        false => Err(Held::NotPassed(reasons)),
    }
}

/// The evidence of the one source that was asked about the one scope.
fn evidence<'a>(outcomes: &'a [Outcome], args: &Args) -> Result<&'a Evidence, Held> {
    let [Outcome { kind: Some(kind) }] = outcomes else {
        return Err(Held::Untold("not one outcome for one source".to_owned()));
    };
    match kind {
        Kind::Failure(failure) => Err(Held::Untold(format!(
            "{} of {}: {}",
            failure.code().as_str_name(),
            failure.source,
            failure.message
        ))),
        Kind::Evidence(it) if it.source != args.source || it.scope != Some(scope(args)) => Err(
            Held::Untold("the evidence is about something else".to_owned()),
        ),
        Kind::Evidence(it) => Ok(it),
    }
}

/// What speaks against a fact that is wanted.
fn against(wanted: &str, evidence: &Evidence, now: SystemTime) -> Option<String> {
    let mut all = evidence
        .facts
        .iter()
        .filter(|fact| is(fact, wanted))
        .peekable();
    if all.peek().is_none() {
        return Some(format!("{wanted} is not among the facts"));
    }
    all.find_map(|fact| match fact.status() {
        FactStatus::Passed if holds(fact, evidence, now) => None,
        FactStatus::Passed => Some(format!("{wanted} has passed, too long ago")),
        status @ (FactStatus::Unspecified
        | FactStatus::Failed
        | FactStatus::Warning
        | FactStatus::Pending
        | FactStatus::Unknown
        | FactStatus::NotApplicable) => {
            let value = fact.value.as_ref().map_or("no value", |it| &it.text);
            let (status, reason) = (status.as_str_name(), fact.reason().as_str_name());
            Some(format!("{wanted} is {status}: {value}, {reason}"))
        }
    })
}

/// `NAME` alone means all of its items.
fn is(fact: &Fact, wanted: &str) -> bool {
    match wanted.split_once('/') {
        Some((name, item)) => fact.name == name && fact.item == item,
        None => fact.name == wanted,
    }
}

/// Whether the fact is younger than its evidence may be.
fn holds(fact: &Fact, evidence: &Evidence, now: SystemTime) -> bool {
    let max_age = evidence.freshness.and_then(|it| it.max_age);
    let max_age = max_age.and_then(|it| Duration::try_from(it).ok());
    let observed_at = fact
        .observed_at
        .and_then(|it| SystemTime::try_from(it).ok());
    let Some((observed_at, max_age)) = observed_at.zip(max_age) else {
        return false;
    };
    // A fact of the future is one of clocks that differ: the collector has judged by its own.
    now.duration_since(observed_at).unwrap_or_default() < max_age
}
