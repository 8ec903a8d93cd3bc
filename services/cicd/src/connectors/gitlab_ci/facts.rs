//! From what was read to facts. Pure.

use chrono::{DateTime, Utc};
use passport_connector_sdk::commit;
use passport_evidence::{Fact, FactName, Meaning, Reason, StateTable, Status, Subject, Threshold};

use super::{
    artifacts,
    downstream::{self, Tree},
    jobs,
    measures::{self, COVERAGE, TEST_REPORT},
    model::{Deployment, Job, Pipeline, TestSummary},
    pages::Listed,
    settings::Wanted,
    states,
};

const PIPELINE_STATUS: FactName = FactName::fixed("pipeline_status");
const PIPELINE_ID: FactName = FactName::fixed("pipeline_id");
const SOURCE_SHA: FactName = FactName::fixed("source_sha");
const DEPLOYMENT_STATUS: FactName = FactName::fixed("deployment_status");
/// What is shown where there is no pipeline.
pub const NO_PIPELINE: &str = "no_pipeline";

const OTHER: StateTable = StateTable::new(&[("other", Meaning::Failed(Reason::OtherSubject))]);

/// What was found of one pipeline.
#[derive(Debug)]
pub struct Found {
    /// The pipeline, as a list tells of it where it could not be read by itself.
    pub pipeline: Pipeline,
    /// Why it could not be read by itself.
    pub unread: Option<Reason>,
    /// Whether the list that it was chosen from was read to its end.
    pub is_surely_newest: bool,
    /// Its jobs, or why they are not known.
    pub jobs: Result<Listed<Job>, Reason>,
    /// Its bridges and what they started; `None`: not followed.
    pub downstream: Option<Result<Tree, Reason>>,
    /// Newest deployment of its commit; `None`: none is wanted.
    pub deployment: Option<Result<Deployment, Reason>>,
    /// Its test report; `None`: none is wanted.
    pub tests: Option<Result<TestSummary, Reason>>,
}

/// The facts where there is no pipeline that could be judged.
pub fn nothing(wanted: &Wanted, reason: Reason, shown: Option<&str>) -> Vec<Fact> {
    let status = Fact::unknown(PIPELINE_STATUS, reason).wanting(Some(states::success()));
    let status = match shown {
        Some(shown) => status.showing(shown),
        None => status,
    };
    let mut facts = vec![status, Fact::unknown(SOURCE_SHA, reason)];
    facts.extend(jobs::unread(&wanted.required, reason));
    facts.extend(artifacts::nothing(&wanted.artifacts, reason));
    facts.extend(wanted.follows.then(|| downstream::unread(reason)));
    facts.extend(wanted.tests.then(|| Fact::unknown(TEST_REPORT, reason)));
    let coverage = wanted.coverage.as_ref();
    let coverage = coverage.map(|it| Fact::unknown(COVERAGE, reason).wanting(Some(it.clone())));
    facts.extend(coverage);
    let environment = wanted.environment.as_ref();
    let deployment =
        environment.map(|it| Fact::unknown(DEPLOYMENT_STATUS, reason).about(it.clone()));
    facts.extend(deployment);
    facts
}

/// The facts of a pipeline.
pub fn of_pipeline(
    found: &Found,
    wanted: &Wanted,
    subject: Option<&Subject>,
    now: DateTime<Utc>,
) -> Vec<Fact> {
    let sha = source_sha(&found.pipeline, subject);
    let mut facts = judged(found, wanted, now);
    if !found.is_surely_newest {
        let doubted = facts.into_iter().map(|it| it.doubt(Reason::Incomplete));
        facts = doubted.collect();
    }
    // A commit that can't be read is not the subject's either.
    if matches!(sha.status(), Status::Failed | Status::Unknown) {
        facts = facts.into_iter().map(of_another_subject).collect();
    }
    let id = found.pipeline.id.to_string();
    let id = Fact::not_applicable(PIPELINE_ID, Reason::Informational).showing(id.as_str());
    facts.extend([id, sha]);
    let at = observed_at(&found.pipeline, now);
    let timed = |fact: Fact| match fact.observed_at() {
        Some(_) => fact,
        None => fact.observed(at),
    };
    facts.into_iter().map(timed).collect()
}

/// What has a time of its own has it already: the end of its job, the last change of its deployment.
fn judged(found: &Found, wanted: &Wanted, now: DateTime<Utc>) -> Vec<Fact> {
    let pipeline = &found.pipeline;
    let is_going_on = is_going_on(pipeline);
    let mut facts = vec![pipeline_status(found)];
    match &found.jobs {
        Ok(listed) => {
            let required = &wanted.required;
            if !required.is_empty() {
                facts.push(jobs::required(listed, required, is_going_on));
            }
            facts.extend(jobs::not_green(listed, required, &pipeline.sha));
        }
        Err(reason) => facts.extend(jobs::unread(&wanted.required, *reason)),
    }
    facts.extend(artifacts::facts(
        &found.jobs,
        &wanted.artifacts,
        is_going_on,
        &pipeline.sha,
        now,
    ));
    facts.extend(found.downstream.as_ref().map(|read| match read {
        Ok(tree) => downstream::fact(tree),
        Err(reason) => downstream::unread(*reason),
    }));
    if let (Some(environment), Some(read)) = (&wanted.environment, &found.deployment) {
        facts.push(deployment_status(environment, read, now));
    }
    let tests = found.tests.as_ref();
    facts.extend(tests.map(|it| measures::test_report(it, is_going_on)));
    let coverage = match found.unread {
        None => Ok(pipeline.coverage.as_deref()),
        Some(reason) => Err(reason),
    };
    let wanted = wanted.coverage.as_ref();
    facts.push(measures::coverage(coverage, wanted, is_going_on));
    facts
}

/// Whether a pipeline has not ended, as far as its word for it is known.
pub fn is_going_on(pipeline: &Pipeline) -> bool {
    states::is_going_on(&pipeline.status)
}

/// A pipeline that has ended is as old as its end; one that has not is as it was seen now.
fn observed_at(pipeline: &Pipeline, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    match is_going_on(pipeline) {
        true => Some(now),
        false => pipeline.finished_at.or(pipeline.updated_at),
    }
}

fn pipeline_status(found: &Found) -> Fact {
    let detailed = found.pipeline.detailed_status.as_ref();
    let group = detailed.map(|it| it.group.as_str());
    let fact = states::pipeline(PIPELINE_STATUS, &found.pipeline.status, group);
    match (found.unread, fact.reason()) {
        (Some(reason), Some(Reason::UnexpectedShape)) => fact.contradict(reason),
        (_, _) => fact,
    }
}

fn source_sha(pipeline: &Pipeline, subject: Option<&Subject>) -> Fact {
    if !commit::is_commit(&pipeline.sha) {
        return Fact::unknown(SOURCE_SHA, Reason::UnexpectedShape);
    }
    let found = pipeline.sha.to_ascii_lowercase();
    let Some(revision) = commit::revision(subject) else {
        return Fact::not_applicable(SOURCE_SHA, Reason::NoSubject).showing(found.as_str());
    };
    let wanted = Threshold::equals(&revision);
    match found == revision {
        true => Fact::measured(SOURCE_SHA, found.as_str().into(), &wanted.into()),
        false => Fact::state(SOURCE_SHA, "other", &OTHER)
            .showing(found.as_str())
            .wanting(Some(wanted)),
    }
}

/// A deployment that has ended is as old as its last change: the commit may have been deployed long before its
/// newest pipeline. One that has not is as it was seen now.
fn deployment_status(
    environment: &str,
    read: &Result<Deployment, Reason>,
    now: DateTime<Utc>,
) -> Fact {
    let fact = match read {
        Ok(deployment) => {
            let fact = states::deployment(DEPLOYMENT_STATUS, &deployment.status);
            let at = match fact.status() == Status::Pending {
                true => Some(now),
                false => deployment.updated_at,
            };
            fact.observed(at)
        }
        Err(reason) => Fact::unknown(DEPLOYMENT_STATUS, *reason).wanting(Some(states::success())),
    };
    fact.about(environment)
}

/// What was judged, was judged of something else.
fn of_another_subject(fact: Fact) -> Fact {
    match (fact.threshold(), fact.status()) {
        (None, _) | (_, Status::NotApplicable) => fact,
        (Some(_), _) => fact.contradict(Reason::OtherSubject),
    }
}
