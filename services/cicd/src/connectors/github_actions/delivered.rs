//! What the webhooks that were kept say together, in whichever order they came. Pure.

use std::collections::BTreeMap;

use passport_connector_sdk::Kept;
use passport_evidence::Reason;

use super::{
    choose,
    facts::{Found, Said},
    jobs::{Jobs, Known},
    model::{CheckSuite, Deployment, DeploymentStatus, Job, Run},
    settings::Wanted,
    states::{self, COMPLETED},
    webhook::Event,
};

/// All that was kept, sorted by what it is about.
#[derive(Debug, Default)]
pub struct Told {
    /// By id and commit: what is said of another commit hides nothing of the subject's.
    runs: BTreeMap<(u64, String), Run>,
    jobs: BTreeMap<u64, Job>,
    suites: BTreeMap<u64, CheckSuite>,
    deployments: Vec<(Deployment, DeploymentStatus)>,
    /// Something was kept by another version, which may be the worst of all.
    is_cut: bool,
}

// === impl Told ===

impl Told {
    /// Sorts what was kept. Of a run the later attempt counts, then the further phase, then the later
    /// time, then the worse end, and so the order in which webhooks came does not matter.
    pub fn of(kept: &Kept) -> Self {
        let mut told = Self::default();
        for record in &kept.records {
            match serde_json::from_slice(&record.body) {
                Ok(event) => told.take(event),
                Err(_) => told.is_cut = true,
            }
        }
        told
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Run(run) => {
                let which = (run.id, run.head_sha.to_ascii_lowercase());
                keep_later(&mut self.runs, which, run, |it| {
                    let how = how(it.status.as_deref(), it.conclusion.as_deref());
                    (it.run_attempt, how.phase, it.updated_at, how.ended)
                });
            }
            Event::Job(job) => keep_later(&mut self.jobs, job.id, job, |it| {
                let how = how(it.status.as_deref(), it.conclusion.as_deref());
                (it.run_attempt, how.phase, it.completed_at, how.ended)
            }),
            Event::Suite(suite) => keep_later(&mut self.suites, suite.id, suite, |it| {
                let how = how(it.status.as_deref(), it.conclusion.as_deref());
                (it.updated_at, how.phase, how.ended)
            }),
            Event::Deployment(deployment, status) => self.deployments.push((deployment, status)),
        }
    }

    /// The run that is judged, and what belongs to it; `None`: no run was told of.
    pub fn found(self, revision: Option<&str>, wanted: &Wanted) -> Option<Found> {
        let runs = self.runs.into_values().collect();
        let run = choose::newest(runs, revision, &wanted.scope)?;
        let of_run = self.jobs.into_values().filter(|it| it.run_id == run.id);
        let known = match self.is_cut {
            true => Known::Some,
            false => Known::Delivered,
        };
        let jobs = Jobs::of(&run, of_run.collect(), known);
        let suite = run
            .check_suite_id
            .and_then(|id| self.suites.get(&id).cloned());
        let deployment = match self.is_cut {
            true => Err(Reason::Incomplete),
            false => newest(self.deployments, &run),
        };
        let is_asked = wanted.scope.deployment_environment.is_some();
        let artifact = wanted.artifact.as_ref();
        Some(Found {
            is_surely_newest: !self.is_cut,
            jobs,
            // Webhooks tell neither of artifacts nor of all approvals.
            artifacts: artifact.map(|_| Err(Reason::NoData)),
            attestations: wanted.attestations.then(Vec::new),
            deployment: is_asked.then_some(deployment),
            approval: is_asked.then_some(Err::<Said, _>(Reason::NoData)),
            suite,
            run,
        })
    }
}

fn newest(
    deployments: Vec<(Deployment, DeploymentStatus)>,
    run: &Run,
) -> Result<DeploymentStatus, Reason> {
    let of_commit = deployments
        .into_iter()
        .filter(|(it, _)| it.sha == run.head_sha);
    let newest = of_commit.max_by_key(|(deployment, status)| (deployment.id, status.id));
    newest.map(|(_, status)| status).ok_or(Reason::NoData)
}

fn keep_later<K: Ord, T, O: Ord>(
    all: &mut BTreeMap<K, T>,
    id: K,
    found: T,
    order: impl Fn(&T) -> O,
) {
    let is_later = all
        .get(&id)
        .is_none_or(|known| order(&found) >= order(known));
    if is_later {
        all.insert(id, found);
    }
}

/// What orders two words of one thing that are as old as each other.
struct How {
    phase: u8,
    /// The worse one counts; the word itself only makes it one order.
    ended: (u8, Option<String>),
}

fn how(status: Option<&str>, conclusion: Option<&str>) -> How {
    How {
        phase: phase(status),
        ended: (
            states::weight(status, conclusion),
            conclusion.map(str::to_owned),
        ),
    }
}

/// How far along a status is; what is not known is taken for the furthest, so that it is seen.
fn phase(status: Option<&str>) -> u8 {
    match status {
        Some("requested" | "queued" | "pending") => 0,
        Some("waiting") => 1,
        Some("in_progress") => 2,
        Some(COMPLETED) => 3,
        Some(_) | None => 4,
    }
}
