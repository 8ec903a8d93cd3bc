//! From what was read, or delivered, to facts. Pure.

use chrono::{DateTime, Utc};
use passport_evidence::{
    Fact, FactName, Limits, Meaning, Quantity, Reason, StateTable, Status, Subject, Threshold,
};

use super::{
    attested::{self, OfArtifact},
    choose,
    jobs::{self, Jobs},
    model::{Approval, Artifact, CheckSuite, DeploymentStatus, PendingDeployment, Run},
    settings::{ArtifactSettings, Wanted},
    states,
};

const RUN_STATUS: FactName = FactName::fixed("workflow_run_status");
const RERUN_ATTEMPTS: FactName = FactName::fixed("rerun_attempts");
const RUN_ID: FactName = FactName::fixed("run_id");
const SOURCE_SHA: FactName = FactName::fixed("source_sha");
const ARTIFACT_DIGEST: FactName = FactName::fixed("artifact_digest");
const DEPLOYMENT_STATUS: FactName = FactName::fixed("deployment_status");
const APPROVAL: FactName = FactName::fixed("environment_approval");
/// What is shown where there is no run.
pub const NO_RUN: &str = "no_run";
/// Digits of a SHA-256.
const DIGITS: usize = 64;
/// Most characters that a threshold names digests with.
const MAX_NAMED: usize = 500;

const OTHER: StateTable = StateTable::new(&[("other", Meaning::Failed(Reason::OtherSubject))]);
const RERUN: StateTable = StateTable::new(&[("rerun", Meaning::Warning(Reason::ThresholdMissed))]);
const EXPIRED: StateTable = StateTable::new(&[("expired", Meaning::Warning(Reason::Expired))]);

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

/// What people said of a run, and what is still to be said.
#[derive(Debug, Default)]
pub struct Said {
    pub pending: Vec<PendingDeployment>,
    pub approvals: Vec<Approval>,
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
        facts.push(artifact_digest(run, settings, read, subject));
    }
    if let Some(found) = &found.attestations {
        facts.extend(attested::facts(found, run));
    }
    let mut facts: Vec<_> = facts.into_iter().map(|it| it.observed(at)).collect();
    if let Some(environment) = &wanted.scope.deployment_environment {
        let deployment = found.deployment.as_ref();
        facts.extend(deployment.map(|it| deployment_status(environment, it, now)));
        let approval = found.approval.as_ref();
        facts.extend(approval.map(|it| environment_approval(environment, it).observed(at)));
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
    let fact = match is_outrun || contradicts(run, found.suite.as_ref()) {
        true => fact.doubt(Reason::Contradictory),
        false => fact,
    };
    match found.is_surely_newest {
        true => fact,
        false => fact.doubt(Reason::Incomplete),
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

fn artifact_digest(
    run: &Run,
    settings: &ArtifactSettings,
    read: &Result<Vec<Artifact>, Reason>,
    subject: Option<&Subject>,
) -> Fact {
    let digests = subject.map_or(&[][..], |it| &it.artifact_digests);
    let wanted = wanted_digests(digests).filter(|_| settings.match_subject);
    let unknown = |reason| Fact::unknown(ARTIFACT_DIGEST, reason).wanting(wanted.clone());
    let newest = read.as_ref().map(|all| {
        let named = all.iter().filter(|it| it.name == settings.name);
        named.max_by_key(|it| it.id)
    });
    let fact = match newest {
        Err(reason) => unknown(*reason),
        Ok(None) => unknown(Reason::NoData),
        Ok(Some(artifact)) => match (of_run_itself(run, artifact), artifact.digest.as_deref()) {
            (false, _) => unknown(Reason::FilterNotApplied),
            (true, None) => unknown(Reason::NoData),
            (true, Some(digest)) if !is_digest(digest) => unknown(Reason::UnexpectedShape),
            (true, Some(digest)) if !settings.match_subject => {
                Fact::not_applicable(ARTIFACT_DIGEST, Reason::Informational).showing(digest)
            }
            (true, Some(digest)) => match wanted.clone() {
                None => unknown(Reason::NoSubject).showing(digest),
                Some(wanted) => {
                    let is_it = digests.iter().any(|it| it == digest);
                    match is_it && artifact.expired {
                        true => Fact::state(ARTIFACT_DIGEST, "expired", &EXPIRED)
                            .showing(digest)
                            .wanting(Some(wanted)),
                        false => compared(ARTIFACT_DIGEST, digest, wanted, is_it),
                    }
                }
            },
        },
    };
    fact.about(settings.name.clone())
}

fn of_run_itself(run: &Run, artifact: &Artifact) -> bool {
    let uploaded_by = artifact.workflow_run.as_ref().and_then(|it| it.id);
    uploaded_by == Some(run.id)
}

fn is_digest(text: &str) -> bool {
    let digits = text.strip_prefix("sha256:");
    digits.is_some_and(|it| it.len() == DIGITS && it.bytes().all(|it| it.is_ascii_hexdigit()))
}

fn wanted_digests(digests: &[String]) -> Option<Threshold> {
    let mut length = 0;
    let named = digests.iter().filter(|it| is_digest(it)).take_while(|it| {
        length += it.len() + 2;
        length <= MAX_NAMED
    });
    let named: Vec<_> = named.map(String::as_str).collect();
    format!("in {}", named.join(", ")).parse().ok()
}

fn deployment_status(
    environment: &str,
    read: &Result<DeploymentStatus, Reason>,
    now: DateTime<Utc>,
) -> Fact {
    let fact = match read {
        Err(reason) => Fact::unknown(DEPLOYMENT_STATUS, *reason).wanting(Some(states::success())),
        Ok(said) => {
            let fact = states::deployment(DEPLOYMENT_STATUS, &said.state);
            let at = match fact.status() == Status::Pending {
                true => Some(now),
                false => said.created_at,
            };
            fact.observed(at)
        }
    };
    fact.about(environment)
}

/// A rejection stays one; what is still waited for is pending; where nobody was asked there was
/// nothing to approve.
fn environment_approval(environment: &str, read: &Result<Said, Reason>) -> Fact {
    let fact = match read {
        Err(reason) => Fact::unknown(APPROVAL, *reason).wanting(Some(states::approved())),
        Ok(said) => {
            let waiting = said.pending.iter().map(|it| (&it.environment, "waiting"));
            let decided = said.approvals.iter();
            let decided = decided.flat_map(|it| it.environments.iter().map(|at| (at, &*it.state)));
            let named = waiting
                .chain(decided)
                .filter(|(it, _)| it.name == environment);
            let parts: Vec<_> = named
                .map(|(_, word)| states::approval(APPROVAL, word))
                .collect();
            match parts.is_empty() {
                true => Fact::not_applicable(APPROVAL, Reason::Informational),
                false => Fact::fold(APPROVAL, &parts),
            }
        }
    };
    fact.about(environment)
}

/// What was judged, was judged of something else.
fn of_another_subject(fact: Fact) -> Fact {
    match fact.threshold() {
        Some(_) => fact.contradict(Reason::OtherSubject),
        None => fact,
    }
}
