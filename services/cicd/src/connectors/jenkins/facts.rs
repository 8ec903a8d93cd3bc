//! From what was read to facts. Pure.

use chrono::{DateTime, TimeDelta, Utc};
use passport_evidence::{Fact, FactName, Reason, Status};

use super::{
    commit::{self, Revision},
    model::{Build, Stages, Tests},
    parts,
    settings::Wanted,
    states,
};

const BUILD_RESULT: FactName = FactName::fixed("build_result");
const BUILD_NUMBER: FactName = FactName::fixed("build_number");
/// What is shown of a build that runs.
const BUILDING: &str = "building";
/// What is shown where there is no build.
pub const NEVER_BUILT: &str = "never_built";

/// What was found of one build.
#[derive(Debug)]
pub struct Found {
    /// The build.
    pub build: Build,
    /// Its stages; `None`: none is wanted.
    pub stages: Option<Result<Stages, Reason>>,
    /// Its report of tests; `None`: none is wanted.
    pub tests: Option<Result<Tests, Reason>>,
}

/// The facts where there is no build that could be judged.
pub fn nothing(wanted: &Wanted, reason: Reason, shown: Option<&str>) -> Vec<Fact> {
    let result = Fact::unknown(BUILD_RESULT, reason).wanting(Some(states::success()));
    let result = match shown {
        Some(shown) => result.showing(shown),
        None => result,
    };
    let mut facts = vec![result, commit::nothing(reason)];
    facts.extend(parts::nothing(wanted, reason));
    facts
}

/// The facts of a build.
pub fn of_build(
    found: &Found,
    wanted: &Wanted,
    revision: &Revision,
    now: DateTime<Utc>,
) -> Vec<Fact> {
    let build = &found.build;
    let built = commit::built(build.actions(), wanted.repository.as_ref());
    let sha = commit::source_sha(&built, revision);
    let mut facts = vec![build_result(build)];
    facts.extend(parts::of_build(found, wanted));
    let mut facts: Vec<_> = facts.into_iter().map(|it| bound_by(&sha, it)).collect();
    facts.push(sha);
    facts.push(build_number(build));
    let at = observed_at(build, now);
    facts.into_iter().map(|it| it.observed(at)).collect()
}

fn build_result(build: &Build) -> Fact {
    match build.is_running() {
        true => Fact::pending(BUILD_RESULT, Reason::InProgress)
            .showing(BUILDING)
            .wanting(Some(states::success())),
        false => states::result(BUILD_RESULT, build.result.as_deref()),
    }
}

/// As text, so that no digit of it is rounded away.
fn build_number(build: &Build) -> Fact {
    let number = build.number.to_string();
    Fact::not_applicable(BUILD_NUMBER, Reason::Informational).showing(number.as_str())
}

/// A build of another commit says nothing of the subject, and one of a commit that is not known
/// nothing good.
fn bound_by(sha: &Fact, fact: Fact) -> Fact {
    match sha.status() {
        Status::Failed => fact.contradict(Reason::OtherSubject),
        Status::Unknown => fact.doubt(sha.reason().unwrap_or(Reason::NoData)),
        Status::Passed | Status::Warning | Status::Pending | Status::NotApplicable => fact,
    }
}

/// A build that has ended is as old as its end; one that runs is as it was seen now.
fn observed_at(build: &Build, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    if build.is_running() {
        return Some(now);
    }
    let took = build.duration.filter(|it| *it >= 0);
    let began = DateTime::from_timestamp_millis(build.timestamp?)?;
    began.checked_add_signed(TimeDelta::try_milliseconds(took?)?)
}
