//! What jobs say of their run. Pure.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use passport_connector_sdk::redaction::Redactor;
use passport_evidence::{Fact, FactName, Quantity, Reason, Status, Threshold};

use super::{
    model::{Job, Run},
    states::{self, COMPLETED},
};

const REQUIRED_JOBS: FactName = FactName::fixed("required_jobs");
const JOB_STATUS: FactName = FactName::fixed("job_status");
/// Most jobs that are shown.
const MAX_SHOWN: usize = 50;
const OF_A_MATRIX: &str = " (*)";
/// Between a leg of a matrix and a job that it calls ("Reusing workflows").
const OF_A_LEG: &str = ") / ";

/// Which jobs a source requires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pattern {
    /// The job of this name.
    Exact(String),
    /// Every job of the matrix of this name, and of what its legs call.
    Matrix(String),
}

/// The jobs of a run that count: of each name those of its newest attempt.
#[derive(Debug)]
pub struct Jobs {
    jobs: Vec<Job>,
    known: Known,
}

/// How far the jobs of a run are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// All of them.
    All,
    /// Those of which an event came in: a matrix may have more.
    Delivered,
    /// A page is missing.
    Some,
}

// === impl Pattern ===

impl Pattern {
    /// An exact name, or `name (*)`.
    pub fn parse(text: &str) -> Option<Self> {
        let (name, pattern): (_, fn(String) -> Self) = match text.strip_suffix(OF_A_MATRIX) {
            Some(name) => (name, Self::Matrix),
            None => (text, Self::Exact),
        };
        let sound = !name.trim().is_empty() && !name.contains('*') && name.len() <= 255;
        sound.then(|| pattern(name.to_owned()))
    }

    fn covers(&self, job: &str) -> bool {
        match self {
            Self::Exact(name) => job == name,
            Self::Matrix(name) => {
                let rest = job.strip_prefix(name.as_str());
                let leg = rest.and_then(|rest| rest.strip_prefix(" ("));
                // A leg that calls a workflow shows the jobs of that after its own name. A value
                // may hold brackets too: better one job too many is wanted than one too few.
                leg.is_some_and(|leg| leg.ends_with(')') || leg.contains(OF_A_LEG))
            }
        }
    }
}

// === impl Jobs ===

impl Jobs {
    /// The jobs of a run, all attempts merged. Two jobs of one name in one attempt both count.
    pub fn of(run: &Run, all: Vec<Job>, known: Known) -> Result<Self, Reason> {
        let foreign = |it: &Job| it.run_id != run.id || it.head_sha != run.head_sha;
        if all.iter().any(foreign) {
            return Err(Reason::FilterNotApplied);
        }
        let mut newest = BTreeMap::<String, u64>::new();
        for job in &all {
            let attempt = newest.entry(job.name.clone()).or_default();
            *attempt = job.run_attempt.max(*attempt);
        }
        let counts = |it: &Job| newest.get(&it.name) == Some(&it.run_attempt);
        let jobs = all.into_iter().filter(counts).collect();
        Ok(Self { jobs, known })
    }

    /// When the last of them ended.
    pub fn completed_at(&self) -> Option<DateTime<Utc>> {
        self.jobs.iter().filter_map(|it| it.completed_at).max()
    }

    /// Whether one ran in a later attempt than this.
    pub fn outrun(&self, run: &Run) -> bool {
        self.jobs.iter().any(|it| it.run_attempt > run.run_attempt)
    }

    /// The required jobs in one fact.
    pub fn required(&self, run: &Run, patterns: &[Pattern]) -> Fact {
        let parts: Vec<_> = patterns.iter().flat_map(|it| self.parts(run, it)).collect();
        let succeeded = parts.iter().filter(|it| it.status() == Status::Passed);
        let count = succeeded.count() as u64;
        let succeeded = Quantity::count(count);
        let wanted = wanted(parts.len());
        let mut weighed = parts;
        if self.known == Known::Some {
            weighed.push(Fact::unknown(REQUIRED_JOBS, Reason::Incomplete));
        }
        let folded = Fact::fold(REQUIRED_JOBS, &weighed);
        match (wanted.clone(), folded.status()) {
            (Some(wanted), Status::Passed) => {
                Fact::measured(REQUIRED_JOBS, succeeded.into(), &wanted.into())
            }
            // A number below its threshold would contradict a warning: it is shown as text.
            (_, Status::Warning) => folded.showing(&*count.to_string()).wanting(wanted),
            (_, _) => folded.showing(succeeded).wanting(wanted),
        }
    }

    /// What the jobs of a pattern are; one part where there is none.
    fn parts(&self, run: &Run, pattern: &Pattern) -> Vec<Fact> {
        let covered = self.jobs.iter().filter(|it| pattern.covers(&it.name));
        let mut parts: Vec<_> = covered.map(|it| part(run, it)).collect();
        let may_lack = match pattern {
            Pattern::Exact(_) => false,
            Pattern::Matrix(_) => self.known == Known::Delivered,
        };
        if parts.is_empty() || may_lack {
            parts.push(match is_completed(run) {
                true => Fact::unknown(REQUIRED_JOBS, Reason::Incomplete),
                false => Fact::pending(REQUIRED_JOBS, Reason::InProgress),
            });
        }
        parts
    }

    /// Each job that is not green, the heaviest first.
    pub fn not_green(&self, run: &Run, patterns: &[Pattern]) -> Vec<Fact> {
        let shown = self.jobs.iter().map(|job| {
            let fact = state(JOB_STATUS, job);
            let is_required = patterns.iter().any(|it| it.covers(&job.name));
            let is_skipped = job.conclusion.as_deref() == Some("skipped");
            let fact = match is_skipped && !is_required && is_over(job) {
                true => Fact::not_applicable(JOB_STATUS, Reason::Informational)
                    .showing("skipped")
                    .wanting(Some(states::success())),
                false => fact,
            };
            fact.about(shown(&job.name, run))
        });
        let mut facts: Vec<_> = shown.filter(|it| it.status() != Status::Passed).collect();
        facts.sort_by_key(|it| {
            (
                std::cmp::Reverse(it.status().weight()),
                it.item().map(str::to_owned),
            )
        });
        let mut seen = BTreeSet::new();
        facts.retain(|it| seen.insert(it.item().map(str::to_owned)));
        facts.truncate(MAX_SHOWN);
        facts
    }
}

/// How many jobs are wanted; at least one.
pub fn wanted(jobs: usize) -> Option<Threshold> {
    format!("= {}", jobs.max(1)).parse().ok()
}

/// The required jobs, where none could be read.
pub fn unread(patterns: &[Pattern], reason: Reason) -> Option<Fact> {
    let fact = Fact::unknown(REQUIRED_JOBS, reason).wanting(wanted(patterns.len()));
    (!patterns.is_empty()).then_some(fact)
}

/// A job of an earlier attempt may run again as long as its run does.
fn part(run: &Run, job: &Job) -> Fact {
    let fact = state(REQUIRED_JOBS, job);
    let may_run_again = !is_completed(run) && job.run_attempt < run.run_attempt;
    match fact.status() == Status::Passed && may_run_again {
        true => Fact::pending(REQUIRED_JOBS, Reason::InProgress),
        false => fact,
    }
}

fn state(name: FactName, job: &Job) -> Fact {
    states::progress(name, job.status.as_deref(), job.conclusion.as_deref())
}

fn is_over(job: &Job) -> bool {
    job.status.as_deref() == Some(COMPLETED)
}

/// Whether a run has ended.
pub fn is_completed(run: &Run) -> bool {
    run.status.as_deref() == Some(COMPLETED)
}

/// Names of matrix jobs hold values that may be secrets.
fn shown(name: &str, run: &Run) -> String {
    let redactor = Redactor::new(true).keeping(&[&run.head_sha]);
    redactor.excerpt(name).text
}
