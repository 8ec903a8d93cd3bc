//! How far a deployment is, after the page "Deployments HTTP API" and the states that Nomad's own types
//! name.

use chrono::{DateTime, Utc};
use passport_connector_sdk::digests::Digests;
use passport_evidence::{Fact, Meaning, Reason, StateTable, Status};

use super::{
    ROLLOUT_CONDITION,
    images::{Image, Standing},
};
use crate::connectors::nomad::{
    client::Snapshot,
    model::{Deployment, Job},
    settings::Wanted,
};

/// Nomad's words for a deployment, and our own.
const STATES: StateTable = StateTable::new(&[
    ("successful", Meaning::Passed),
    ("running", Meaning::Pending(Reason::InProgress)),
    ("initializing", Meaning::Pending(Reason::InProgress)),
    ("pending", Meaning::Pending(Reason::InProgress)),
    ("blocked", Meaning::Pending(Reason::InProgress)),
    ("unblocking", Meaning::Pending(Reason::InProgress)),
    ("paused", Meaning::Pending(Reason::InProgress)),
    ("failed", Meaning::Failed(Reason::BadState)),
    // Nomad has cancelled deployments of the current version, so that the word says nothing of it.
    ("cancelled", Meaning::Unknown(Reason::Contradictory)),
    ("older_version", Meaning::Pending(Reason::InProgress)),
    (
        "requires_promotion",
        Meaning::Pending(Reason::AwaitingApproval),
    ),
    ("overdue", Meaning::Failed(Reason::BadState)),
    ("stopped", Meaning::Failed(Reason::BadState)),
    ("reverted", Meaning::Failed(Reason::BadState)),
    ("not_needed", Meaning::NotApplicable(Reason::Informational)),
]);

/// Where nothing certain was expected.
const LENIENT: StateTable = StateTable::new(&[("reverted", Meaning::Warning(Reason::Degraded))]);

/// How the description of a failed deployment ends that was reverted. One that could not be reverted
/// ends otherwise.
const REVERTED: &str = " - rolling back to job version ";

/// The fact.
pub fn fact(
    snapshot: &Snapshot,
    wanted: &Wanted,
    image: Image<'_>,
    digests: &Digests<'_>,
    now: DateTime<Utc>,
) -> Fact {
    let job = &snapshot.job;
    let expected = expected(job, wanted, image, digests);
    let fact = match job.kind.as_str() {
        _ if job.is_parent() => return state("not_needed"),
        "service" | "system" if job.is_over() => return state("stopped"),
        "batch" | "sysbatch" if job.stop => return state("stopped"),
        "service" | "system" | "batch" | "sysbatch" => of_job(snapshot, wanted, now),
        _ => return Fact::unknown(ROLLOUT_CONDITION, Reason::UnrecognizedState),
    };
    let fact = reverted(fact, snapshot, expected);
    match (fact.status(), expected) {
        (Status::Passed, Standing::Other) => fact.contradict(Reason::OtherSubject),
        (Status::Passed, Standing::Untold) => fact.contradict(Reason::NoData),
        (_, _) => fact,
    }
}

/// Whether allocations are being replaced, as the fact says.
pub fn is_updating(fact: &Fact) -> bool {
    fact.status() == Status::Pending && fact.reason() == Some(Reason::InProgress)
}

/// What the job is, against what it shall be: its version, where the source names one, or the
/// subject's image.
fn expected(job: &Job, wanted: &Wanted, image: Image<'_>, digests: &Digests<'_>) -> Standing {
    match wanted.version {
        Some(version) if version == job.version => Standing::Its,
        Some(_) => Standing::Other,
        None => image.standing(digests),
    }
}

fn of_job(snapshot: &Snapshot, wanted: &Wanted, now: DateTime<Utc>) -> Fact {
    let job = &snapshot.job;
    let needs_one = job.kind == "service";
    let deployment = match &snapshot.deployment {
        Ok(deployment) => deployment.as_ref(),
        Err(reason) => return Fact::unknown(ROLLOUT_CONDITION, *reason),
    };
    match deployment {
        Some(it) if it.is_of(job) => of_deployment(it, now),
        Some(_) if needs_one => state("older_version"),
        None if needs_one && wanted.require_deployment => {
            Fact::unknown(ROLLOUT_CONDITION, Reason::NoData)
        }
        Some(_) | None => state("not_needed"),
    }
}

fn of_deployment(deployment: &Deployment, now: DateTime<Utc>) -> Fact {
    let fact = state(&deployment.status);
    let groups = || deployment.task_groups.iter().flat_map(|it| it.values());
    match fact.status() {
        Status::Passed => {
            let is_done =
                groups().all(|it| !it.is_unpromoted() && it.healthy_allocs >= it.desired_total);
            match is_done && groups().next().is_some() {
                true => fact,
                false => fact.contradict(Reason::Contradictory),
            }
        }
        // Nomad lets no deadline pass while a person has paused it.
        Status::Pending if deployment.status == "paused" => fact,
        Status::Pending if groups().any(|it| it.is_overdue(now)) => state("overdue"),
        Status::Pending if deployment.status == "running" => {
            let mut waiting = groups().filter(|it| it.is_unpromoted());
            // What Nomad promotes itself waits for nobody.
            match waiting.any(|it| it.auto_promote != Some(true)) {
                true => state("requires_promotion"),
                false => fact,
            }
        }
        Status::Pending
        | Status::Failed
        | Status::Warning
        | Status::Unknown
        | Status::NotApplicable => fact,
    }
}

/// A version that failed, and was reverted, is followed by one that deploys well. Without the list of
/// deployments that goes unseen.
fn reverted(fact: Fact, snapshot: &Snapshot, expected: Standing) -> Fact {
    let is_open = matches!(fact.status(), Status::Passed | Status::Pending);
    let (true, Ok(Some(current))) = (is_open, &snapshot.deployment) else {
        return fact;
    };
    let all = match &snapshot.deployments {
        Ok(all) => all,
        Err(reason) => return fact.doubt(*reason),
    };
    let has_failed_before = all.iter().any(|it| it.was_reverted_by(&snapshot.job));
    match (has_failed_before, expected, fact.status()) {
        (true, Standing::NotAsked, Status::Passed) => {
            Fact::state(ROLLOUT_CONDITION, "reverted", &LENIENT)
        }
        (true, Standing::NotAsked, _) => fact,
        (true, Standing::Its | Standing::Other | Standing::Untold, _) => state("reverted"),
        (false, _, _) if all.iter().any(|it| it.id == current.id) => fact,
        (false, _, _) => fact.doubt(Reason::Incomplete),
    }
}

/// Only a word that is known is shown.
fn state(word: &str) -> Fact {
    let is_known = STATES.meaning(word) != Meaning::Unknown(Reason::UnrecognizedState);
    match is_known {
        true => Fact::state(ROLLOUT_CONDITION, word, &STATES),
        false => Fact::unknown(ROLLOUT_CONDITION, Reason::UnrecognizedState),
    }
}

// === impl Deployment ===

impl Deployment {
    /// Whether it deploys the job's current version: of this job, not of one that had its id before.
    fn is_of(&self, job: &Job) -> bool {
        self.job_create_index == job.create_index && self.job_version == job.version
    }

    /// Whether it failed, and the job's current version is what Nomad went back to.
    fn was_reverted_by(&self, job: &Job) -> bool {
        let description = self.status_description.as_deref().unwrap_or_default();
        self.job_create_index == job.create_index
            && self.job_version.checked_add(1) == Some(job.version)
            && self.status == "failed"
            && description.contains(REVERTED)
    }
}
