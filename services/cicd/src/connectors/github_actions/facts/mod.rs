//! From what was read, or delivered, to facts. Pure.

mod artifact;
mod environment;

use chrono::{DateTime, Utc};
use passport_evidence::{
    Fact, FactName, Limits, Meaning, Quantity, Reason, StateTable, Status, Subject, Threshold,
};

use super::{
    attested::{self, OfArtifact},
    choose,
    jobs::{self, Jobs},
    model::{Artifact, CheckSuite, DeploymentStatus, Run},
    settings::Wanted,
    states,
};
use artifact::ARTIFACT_DIGEST;
use environment::{APPROVAL, DEPLOYMENT_STATUS};

pub use environment::Said;
#[cfg(test)]
pub use environment::approval;

const RUN_STATUS: FactName = FactName::fixed("workflow_run_status");
const RERUN_ATTEMPTS: FactName = FactName::fixed("rerun_attempts");
const RUN_ID: FactName = FactName::fixed("run_id");
const SOURCE_SHA: FactName = FactName::fixed("source_sha");
/// What is shown where there is no run.
pub const NO_RUN: &str = "no_run";

const OTHER: StateTable = StateTable::new(&[("other", Meaning::Failed(Reason::OtherSubject))]);
const RERUN: StateTable = StateTable::new(&[("rerun", Meaning::Warning(Reason::ThresholdMissed))]);

/// What was found of one run.
#[derive(Debug)]
pub struct Found {
    /// The run.
    pub run: Run,
    /// Whether the list that it was chosen from was read to its end.
    pub is_surely_newest: bool,
    /// Its jobs, or why they are not known.
    pub jobs: Result<Jobs, Reason>,
    /// Artifacts of the wanted name; `None`: none is wanted.
    pub artifacts: Option<Result<Vec<Artifact>, Reason>>,
    /// Attestations of the subject's artifacts; `None`: they are not wanted.
    pub attestations: Option<Vec<OfArtifact>>,
    /// Newest status of the wanted deployment; `None`: none is wanted.
    pub deployment: Option<Result<DeploymentStatus, Reason>>,
    /// What people said; `None`: not asked for.
    pub approval: Option<Result<Said, Reason>>,
    /// The newest that its suite of checks said of itself.
    pub suite: Option<CheckSuite>,
}

/// The facts where there is no run that could be judged.
pub fn nothing(wanted: &Wanted, reason: Reason, shown: Option<&str>) -> Vec<Fact> {
    let status = Fact::unknown(RUN_STATUS, reason).wanting(Some(states::success()));
    let status = match shown {
        Some(shown) => status.showing(shown),
        None => status,
    };
    let mut facts = vec![
        status,
        Fact::unknown(RERUN_ATTEMPTS, reason),
        Fact::unknown(SOURCE_SHA, reason),
    ];
    facts.extend(jobs::unread(&wanted.required, reason));
    let artifact = wanted
        .artifact
        .as_ref()
        .map(|it| (ARTIFACT_DIGEST, &it.name));
    let environment = wanted.scope.deployment_environment.as_ref();
    let of_environment = [DEPLOYMENT_STATUS, APPROVAL].into_iter();
    let of_environment = of_environment.flat_map(|name| environment.map(|it| (name, it)));
    let named = artifact.into_iter().chain(of_environment);
    facts.extend(named.map(|(name, item)| Fact::unknown(name, reason).about(item.clone())));
    facts.extend(wanted.attestations.then(|| attested::nothing(reason)));
    facts
}

/// The facts of a run.
pub fn of_run(
    found: &Found,
    wanted: &Wanted,
    subject: Option<&Subject>,
    now: DateTime<Utc>,
) -> Vec<Fact> {
    let run = &found.run;
    let at = observed_at(found, now);
    let sha = source_sha(run, subject);
    let mut facts = vec![run_status(found), rerun_attempts(run)];
    match &found.jobs {
        Ok(jobs) => {
            if !wanted.required.is_empty() {
                facts.push(jobs.required(run, &wanted.required));
            }
            facts.extend(jobs.not_green(run, &wanted.required));
        }
        Err(reason) => facts.extend(jobs::unread(&wanted.required, *reason)),
    }
    if let (Some(settings), Some(read)) = (&wanted.artifact, &found.artifacts) {
        facts.push(artifact::digest(run, settings, read, subject));
    }
    if let Some(found) = &found.attestations {
        facts.extend(attested::facts(found, run));
    }
    let mut facts: Vec<_> = facts.into_iter().map(|it| it.observed(at)).collect();
    if let Some(name) = &wanted.scope.deployment_environment {
        let deployment = found.deployment.as_ref();
        facts.extend(deployment.map(|it| environment::deployment(name, it, now)));
        let approval = found.approval.as_ref();
        facts.extend(
            approval.map(|it| environment::approval(name, it, &wanted.actors).observed(at)),
        );
    }
    if !found.is_surely_newest {
        let doubted = facts.into_iter().map(|it| it.doubt(Reason::Incomplete));
        facts = doubted.collect();
    }
    // A commit that can't be read is not the subject's either.
    let is_other = matches!(sha.status(), Status::Failed | Status::Unknown);
    if is_other || choose::is_of_a_fork(run, &wanted.scope) {
        facts = facts.into_iter().map(of_another_subject).collect();
    }
    if !is_other && choose::is_of_a_fork(run, &wanted.scope) {
        facts.push(sha.doubt(Reason::OtherSubject).observed(at));
    } else {
        facts.push(sha.observed(at));
    }
    facts.push(run_id(run).observed(at));
    let page = wanted
        .pages
        .as_ref()
        .and_then(|it| it.run(&wanted.scope, run));
    let linked = |fact: Fact| match &page {
        Some(page) => fact.linked(page),
        None => fact,
    };
    facts.into_iter().map(linked).collect()
}

/// A run that has ended is as old as its last job; one that has not is as it was seen now.
fn observed_at(found: &Found, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    if !jobs::is_completed(&found.run) {
        return Some(now);
    }
    let of_jobs = found.jobs.as_ref().ok().and_then(Jobs::completed_at);
    of_jobs.or(found.run.updated_at)
}

fn run_status(found: &Found) -> Fact {
    let run = &found.run;
    let fact = states::progress(RUN_STATUS, run.status.as_deref(), run.conclusion.as_deref());
    let is_outrun = found.jobs.as_ref().is_ok_and(|jobs| jobs.outrun(run));
    match is_outrun || contradicts(run, found.suite.as_ref()) {
        true => fact.doubt(Reason::Contradictory),
        false => fact,
    }
}

/// A later word of the suite that a run reports to, which is not as good.
fn contradicts(run: &Run, suite: Option<&CheckSuite>) -> bool {
    suite.is_some_and(|suite| {
        let said = states::progress(
            RUN_STATUS,
            suite.status.as_deref(),
            suite.conclusion.as_deref(),
        );
        suite.updated_at > run.updated_at && said.status() != Status::Passed
    })
}

/// More than one attempt is a reservation and no miss: it is looked up, and the number shown as text.
fn rerun_attempts(run: &Run) -> Fact {
    let once: Option<Threshold> = "= 1".parse().ok();
    if run.run_attempt > 1 {
        return Fact::state(RERUN_ATTEMPTS, "rerun", &RERUN)
            .showing(run.run_attempt.to_string().as_str())
            .wanting(once);
    }
    let limits = Limits {
        threshold: once,
        ..Limits::default()
    };
    let attempts = Quantity::count(run.run_attempt);
    Fact::measured(RERUN_ATTEMPTS, attempts.into(), &limits)
}

fn run_id(run: &Run) -> Fact {
    let shown = format!("{}#{}", run.id, run.run_attempt);
    Fact::not_applicable(RUN_ID, Reason::Informational).showing(shown.as_str())
}

fn source_sha(run: &Run, subject: Option<&Subject>) -> Fact {
    if !choose::is_commit(&run.head_sha) {
        return Fact::unknown(SOURCE_SHA, Reason::UnexpectedShape);
    }
    let found = run.head_sha.to_ascii_lowercase();
    match choose::revision(subject) {
        None => Fact::not_applicable(SOURCE_SHA, Reason::NoSubject).showing(found.as_str()),
        Some(wanted) => compared(
            SOURCE_SHA,
            &found,
            Threshold::equals(&wanted),
            found == wanted,
        ),
    }
}

/// A comparison with the subject: what is not it fails for that reason.
fn compared(name: FactName, found: &str, wanted: Threshold, is_it: bool) -> Fact {
    match is_it {
        true => Fact::measured(name, found.into(), &wanted.into()),
        false => Fact::state(name, "other", &OTHER)
            .showing(found)
            .wanting(Some(wanted)),
    }
}

/// What was judged, was judged of something else.
fn of_another_subject(fact: Fact) -> Fact {
    match fact.threshold() {
        Some(_) => fact.contradict(Reason::OtherSubject),
        None => fact,
    }
}
