//! From what was read of a Job or CronJob to facts. Pure.

use chrono::{DateTime, Utc};
use passport_connector_sdk::digests::Digests;
use passport_evidence::{Fact, Reason, Status, Subject};

use super::{
    STATES, cron_job, job,
    model::{CronJob, Job},
    read::{Pods, Run},
};
use crate::{
    cluster::{
        AVAILABLE_REPLICAS, CONTAINER_HEALTH, IMAGE_DIGEST, ROLLOUT_CONDITION, Snapshot, as_count,
        health, images, in_motion,
        pod::{Pod, different},
    },
    connectors::kubernetes::{
        facts::{RECENT_RESTARTS, members::Members, reasons, restarts},
        settings::Wanted,
    },
};

/// What is released, and the time.
pub type Asks<'a> = (Option<&'a Subject>, DateTime<Utc>);

/// One run, and what is said of it.
struct Ran<'a> {
    word: Result<&'static str, Reason>,
    job: Option<&'a Job>,
    pods: Result<&'a Pods, Reason>,
    /// How old what the word rests on is.
    at: DateTime<Utc>,
}

/// The facts of a Job.
pub fn of_job(
    snapshot: &Snapshot<Job, Result<Pods, Reason>>,
    wanted: &Wanted,
    asks: Asks<'_>,
) -> Vec<Fact> {
    let ran = Ran {
        word: job::word(&snapshot.object),
        job: Some(&snapshot.object),
        pods: snapshot.parts.as_ref().map_err(|it| *it),
        at: snapshot.observed_at,
    };
    moved(ran.facts(wanted, asks), snapshot.has_moved)
}

/// The facts of a CronJob: those of its newest Job.
pub fn of_cron_job(
    snapshot: &Snapshot<CronJob, Result<Run, Reason>>,
    wanted: &Wanted,
    asks: Asks<'_>,
) -> Vec<Fact> {
    let ran = match &snapshot.parts {
        Ok(run) => Ran {
            word: cron_job::word(&snapshot.object, run.newest.as_ref()),
            job: run.newest.as_ref(),
            pods: run.pods.as_ref().map_err(|it| *it),
            at: snapshot.observed_at.min(run.observed_at),
        },
        Err(reason) => Ran {
            word: Err(*reason),
            job: None,
            pods: Err(*reason),
            at: snapshot.observed_at,
        },
    };
    moved(ran.facts(wanted, asks), snapshot.has_moved)
}

/// The facts where there is nothing to judge.
pub fn unread(reason: Reason, subject: Option<&Subject>) -> Vec<Fact> {
    let of_run = [Fact::unknown(ROLLOUT_CONDITION, reason), serves_nothing()];
    let of_pods = without_pods(reason, &Digests::of(subject));
    of_run.into_iter().chain(of_pods).collect()
}

fn moved(facts: Vec<Fact>, has_moved: bool) -> Vec<Fact> {
    match has_moved {
        true => facts.into_iter().map(in_motion).collect(),
        false => facts,
    }
}

/// What runs to its end serves nothing.
fn serves_nothing() -> Fact {
    Fact::not_applicable(AVAILABLE_REPLICAS, Reason::Informational)
}

fn without_pods(reason: Reason, digests: &Digests<'_>) -> Vec<Fact> {
    vec![
        Fact::unknown(CONTAINER_HEALTH, reason),
        Fact::unknown(RECENT_RESTARTS, reason),
        digests.unread(IMAGE_DIGEST, reason),
    ]
}

// === impl Ran ===

impl Ran<'_> {
    fn facts(&self, wanted: &Wanted, (subject, now): Asks<'_>) -> Vec<Fact> {
        let digests = Digests::of(subject);
        let state = match self.word {
            Ok(word) => Fact::state(ROLLOUT_CONDITION, word, &STATES),
            Err(reason) => Fact::unknown(ROLLOUT_CONDITION, reason),
        };
        let is_under_way = state.status() == Status::Pending;
        let (of_pods, at) = match (self.job, self.pods) {
            (Some(job), Ok((pods, at))) => {
                let facts = of_pods(job, pods, wanted, &digests, (is_under_way, now));
                (facts, self.at.min(*at))
            }
            (_, Err(reason)) => (without_pods(reason, &digests), self.at),
            (None, Ok(_)) => (without_pods(Reason::NoData, &digests), self.at),
        };
        let image = of_pods.iter().find(|it| *it.name() == IMAGE_DIGEST);
        let is_of_release = image.is_some_and(|it| it.status() == Status::Passed);
        let state = state
            .clone()
            .observed(Some(self.age(&state, is_of_release)));
        let rest = [serves_nothing()].into_iter().chain(of_pods);
        let rest = rest.map(|it| it.observed(Some(at)));
        [state].into_iter().chain(rest).collect()
    }

    /// That a Job of this very release is complete stays true. Of any other it is an event, as old as
    /// its end: a run of last week says nothing of a release of today.
    fn age(&self, state: &Fact, is_of_release: bool) -> DateTime<Utc> {
        let is_complete = state.status() == Status::Passed;
        let end = self.job.filter(|_| is_complete).and_then(job::completed_at);
        match end {
            Some(end) if !is_of_release || end > self.at => end,
            Some(_) | None => self.at,
        }
    }
}

fn of_pods(
    job: &Job,
    pods: &[Pod],
    wanted: &Wanted,
    digests: &Digests<'_>,
    (is_under_way, now): (bool, DateTime<Utc>),
) -> Vec<Fact> {
    let members = members(job, pods);
    let health = health::waiting(&members.kept, &wanted.ignored);
    let image = image(job, &members, wanted, digests, is_under_way);
    let begins = now - wanted.restart_window.as_delta();
    // What ended before the window can't have been restarted in it, which is no merit.
    let restarts = match job::completed_at(job) {
        Some(end) if end < begins => Fact::not_applicable(RECENT_RESTARTS, Reason::Informational),
        Some(_) | None => restarts::fact(&members, wanted, now),
    };
    let facts = [health, restarts, image].into_iter();
    facts.chain(reasons::facts(&members, wanted, now)).collect()
}

/// The pods of a Job, those that ended too.
fn members<'a>(job: &Job, pods: &'a [Pod]) -> Members<'a> {
    let owned = pods
        .iter()
        .filter(|it| it.metadata.is_of(&job.metadata.uid));
    let kept: Vec<_> = owned.filter(|it| !it.is_being_deleted()).collect();
    let counted = job.status.pods().into_iter().map(as_count);
    let are_all = different(kept.iter().copied()) >= counted.fold(0, usize::saturating_add);
    Members {
        are_all,
        updated: 0,
        kept,
        newest: Vec::new(),
    }
}

/// Which image ran.
fn image(
    job: &Job,
    members: &Members<'_>,
    wanted: &Wanted,
    digests: &Digests<'_>,
    is_under_way: bool,
) -> Fact {
    let first = job.spec.template.spec.containers.first();
    let name = wanted.container.as_deref();
    let Some(name) = name.or(first.map(|it| it.name.as_str())) else {
        return digests.unread(IMAGE_DIGEST, Reason::UnexpectedShape);
    };
    let fact = images::of_all(digests, members.kept.iter().copied(), name, is_under_way);
    match members.are_all {
        true => fact,
        false => fact.doubt(Reason::Incomplete),
    }
}
