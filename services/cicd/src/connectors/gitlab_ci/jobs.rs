//! What jobs say of their pipeline. Pure.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use passport_connector_sdk::redaction::Redactor;
use passport_evidence::{Fact, FactName, Quantity, Reason, Status, Threshold};

use super::{model::Job, pages::Listed, states};

const REQUIRED_JOBS: FactName = FactName::fixed("required_jobs");
const JOB_STATUS: FactName = FactName::fixed("job_status");
/// Most jobs that are shown.
const MAX_SHOWN: usize = 50;

/// The pipeline that jobs must be of.
#[derive(Debug, Clone, Copy)]
pub struct Home<'a> {
    /// Its id.
    pub id: u64,
    /// Its commit.
    pub sha: &'a str,
    /// Its project, where it is known.
    pub project: Option<u64>,
}

/// Whose jobs came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// The pipeline's.
    Own,
    /// Another pipeline's of the project.
    OtherPipeline,
    /// Another project's.
    OtherProject,
}

impl Home<'_> {
    /// Whose jobs these are.
    pub fn whose<'a>(&self, jobs: impl IntoIterator<Item = &'a Job>) -> Whose {
        let mut whose = Whose::Own;
        for job in jobs {
            let pipeline = &job.pipeline;
            let projects = self.project.zip(pipeline.project_id);
            if projects.is_some_and(|(own, told)| own != told) {
                return Whose::OtherProject;
            }
            if pipeline.id != self.id || pipeline.sha != self.sha {
                whose = Whose::OtherPipeline;
            }
        }
        whose
    }
}

/// Of each name the newest: an older one was retried.
pub fn newest_of_each<T>(all: &[T], job: impl Fn(&T) -> &Job) -> Vec<&T> {
    let mut newest = BTreeMap::<&str, u64>::new();
    for job in all.iter().map(&job) {
        let id = newest.entry(&job.name).or_default();
        *id = job.id.max(*id);
    }
    let counts = |it: &&T| newest.get(job(it).name.as_str()) == Some(&job(it).id);
    all.iter().filter(counts).collect()
}

/// The required jobs in one fact.
pub fn required(listed: &Listed<Job>, names: &[String], is_going_on: bool) -> Fact {
    let newest = newest_of_each(&listed.items, |it| it);
    let mut parts: Vec<_> = names
        .iter()
        .map(|name| {
            let named = newest.iter().filter(|it| it.name == *name);
            let states: Vec<_> = named
                .map(|it| states::job(REQUIRED_JOBS, &it.status, it.allow_failure))
                .collect();
            match (states.is_empty(), is_going_on) {
                (false, _) => Fact::fold(REQUIRED_JOBS, &states),
                (true, true) => Fact::pending(REQUIRED_JOBS, Reason::InProgress),
                (true, false) => Fact::unknown(REQUIRED_JOBS, Reason::Incomplete),
            }
        })
        .collect();
    let succeeded = succeeded(&parts);
    if !listed.is_whole {
        parts.push(Fact::unknown(REQUIRED_JOBS, Reason::Incomplete));
    }
    counted(REQUIRED_JOBS, &parts, succeeded, names.len())
}

/// The required jobs, where none could be read.
pub fn unread(names: &[String], reason: Reason) -> Option<Fact> {
    let fact = Fact::unknown(REQUIRED_JOBS, reason).wanting(all_of(names.len()));
    (!names.is_empty()).then_some(fact)
}

/// Each job that is not green, the heaviest first.
pub fn not_green(listed: &Listed<Job>, names: &[String], sha: &str) -> Vec<Fact> {
    let newest = newest_of_each(&listed.items, |it| it);
    let states = newest.into_iter().map(|job| {
        let state = match names.contains(&job.name) {
            true => states::job,
            false => states::optional_job,
        };
        (state(JOB_STATUS, &job.status, job.allow_failure), &job.name)
    });
    let mut states: Vec<_> = states
        .filter(|(it, _)| it.status() != Status::Passed)
        .collect();
    states.sort_by_key(|(it, name)| (Reverse(it.status().weight()), *name));
    let mut seen = BTreeSet::new();
    let facts = states.into_iter().take(MAX_SHOWN);
    let facts = facts.map(|(it, name)| it.about(shown(name, sha)));
    facts
        .filter(|it| seen.insert(it.item().map(str::to_owned)))
        .collect()
}

/// How many parts passed.
pub fn succeeded(parts: &[Fact]) -> usize {
    let passed = parts.iter().filter(|it| it.status() == Status::Passed);
    passed.count()
}

/// All parts in one fact that shows how many succeeded of how many.
pub fn counted(name: FactName, parts: &[Fact], succeeded: usize, of: usize) -> Fact {
    let folded = Fact::fold(name.clone(), parts);
    let wanted = all_of(of);
    let count = Quantity::count(succeeded as u64);
    match (wanted.clone(), folded.status()) {
        (Some(wanted), Status::Passed) => Fact::measured(name, count.into(), &wanted.into()),
        // A number below its threshold would contradict a warning: it is shown as text.
        (_, Status::Warning) => folded.showing(&*succeeded.to_string()).wanting(wanted),
        (_, _) => folded.showing(count).wanting(wanted),
    }
}

fn all_of(parts: usize) -> Option<Threshold> {
    format!("= {}", parts.max(1)).parse().ok()
}

/// Names of parallel jobs hold values that may be secrets.
pub fn shown(name: &str, sha: &str) -> String {
    Redactor::new(true).keeping(&[sha]).excerpt(name).text
}
