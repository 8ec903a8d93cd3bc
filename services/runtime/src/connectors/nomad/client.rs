//! The reads that are ever sent, after Nomad's HTTP API: one job by its id, and what belongs to it.
//!
//! `stale` and `index` are never sent: the first lets any server answer from what it has, the second
//! makes the answer wait for a change.

use chrono::{DateTime, TimeDelta, Utc};
use futures::join;
use http::{HeaderValue, header::ACCEPT};
use passport_connector_sdk::{CollectRequest, Object, ProviderClient, ReadError, Reply, Request};
use passport_evidence::Reason;
use serde::de::DeserializeOwned;

use super::{
    allocation::Allocation,
    checks::Checks,
    model::{Deployment, Evaluation, Job, Summary},
    scope::ScopeSettings,
};

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const LAST_CONTACT: &str = "x-nomad-lastcontact";
const KNOWN_LEADER: &str = "x-nomad-knownleader";
/// How often it is all read where it moved in the meantime.
const ATTEMPTS: usize = 2;
/// What Nomad says of a job that it does not have.
const NO_JOB: &str = "job not found";

/// Asks about one job.
#[derive(Debug)]
pub struct Client {
    pub provider: ProviderClient,
    pub scope: ScopeSettings,
    /// How long a server may not have heard from the leader.
    pub longest_silence: TimeDelta,
}

/// What was read of one job.
#[derive(Debug, Clone)]
pub struct Snapshot {
    pub job: Job,
    /// The newest; `None`: there is none.
    pub deployment: Result<Option<Deployment>, Reason>,
    pub deployments: Result<Vec<Deployment>, Reason>,
    pub allocations: Result<Vec<Allocation>, Reason>,
    /// What checks say of allocations now, as far as it could be read.
    pub checks: Checks,
    pub summary: Result<Summary, Reason>,
    pub evaluations: Result<Vec<Evaluation>, Reason>,
    /// How old the oldest of it is.
    pub observed_at: DateTime<Utc>,
    /// Whether a server answered any of it that had lost the leader, or not heard from it for long.
    pub is_stale: bool,
    /// Whether it was another version of the job, or another job, after the rest was read.
    pub has_moved: bool,
}

/// An answer, and what its headers say of its age.
struct Read<T> {
    found: T,
    observed_at: DateTime<Utc>,
    is_stale: bool,
}

// === impl Client ===

impl Client {
    /// The job alone.
    pub async fn job(&self, request: &CollectRequest) -> Result<Job, ReadError> {
        Ok(self.read_job(request).await?.found)
    }

    /// When a Nomad said that it has no such job; `None` where something else was said.
    pub async fn says_absent(
        &self,
        request: &CollectRequest,
    ) -> Result<Option<DateTime<Utc>>, ReadError> {
        let said = self
            .provider
            .send_unsorted(self.of_job(&[]), request)
            .await?;
        let is_absent = said.status() == 404 && said.body().trim_ascii() == NO_JOB.as_bytes();
        Ok(is_absent.then(|| said.observed_at()))
    }

    /// The job with what belongs to it, of one moment unless it says that it moved. It is read before
    /// the rest and after it, and all of it once more if it changed meanwhile.
    pub async fn snapshot(&self, request: &CollectRequest) -> Result<Snapshot, ReadError> {
        let mut before = self.read_job(request).await?;
        let mut attempts = 1;
        loop {
            let anchor = before.found.anchor();
            let rest = self.rest(before, request).await;
            let after = self.read_job(request).await?;
            let has_moved = anchor != after.found.anchor();
            if !has_moved || attempts == ATTEMPTS {
                return Ok(Snapshot {
                    observed_at: rest.observed_at.min(after.observed_at),
                    is_stale: rest.is_stale || after.is_stale,
                    has_moved,
                    ..rest
                });
            }
            attempts += 1;
            before = after;
        }
    }

    async fn rest(&self, job: Read<Job>, request: &CollectRequest) -> Snapshot {
        let mut age = Age {
            observed_at: job.observed_at,
            is_stale: job.is_stale,
        };
        let (deployment, deployments, allocations, summary, evaluations) = join!(
            self.read::<Option<Object<Deployment>>>(&["deployment"], request),
            self.read::<Vec<Object<Deployment>>>(&["deployments"], request),
            self.read::<Vec<Object<Allocation>>>(&["allocations"], request),
            self.read::<Object<Summary>>(&["summary"], request),
            self.read::<Vec<Object<Evaluation>>>(&["evaluations"], request),
        );
        let deployment = age.of(deployment).map(|it| it.map(|it| it.0));
        let deployment = deployment.and_then(|it| self.scope.all(it.iter()).map(|()| it));
        let summary = age.of(summary).map(|it| it.0);
        let summary = summary.and_then(|it| self.scope.all([&it].into_iter()).map(|()| it));
        let deployments = age.of(deployments).and_then(|it| self.scope.list(it));
        let allocations = age.of(allocations).and_then(|it| self.scope.list(it));
        let evaluations = age.of(evaluations).and_then(|it| self.scope.list(it));
        let running = allocations.as_deref().unwrap_or_default();
        let checks = self.checks(&job.found, running, request).await;
        Snapshot {
            job: job.found,
            deployment,
            deployments,
            allocations,
            checks,
            summary,
            evaluations,
            observed_at: age.observed_at,
            is_stale: age.is_stale,
            has_moved: false,
        }
    }

    async fn read_job(&self, request: &CollectRequest) -> Result<Read<Job>, ReadError> {
        let read = self.read::<Object<Job>>(&[], request).await?;
        match self.scope.covers(&read.found) {
            true => Ok(Read {
                found: read.found.0,
                observed_at: read.observed_at,
                is_stale: read.is_stale,
            }),
            false => Err(ReadError::OutOfScope),
        }
    }

    async fn read<T: DeserializeOwned>(
        &self,
        below: &[&str],
        request: &CollectRequest,
    ) -> Result<Read<T>, ReadError> {
        let reply = self.provider.send(self.of_job(below), request).await?;
        let silence = silence(&reply);
        Ok(Read {
            found: reply.json()?,
            observed_at: reply.observed_at() - silence.unwrap_or_default(),
            is_stale: silence.is_none_or(|it| it > self.longest_silence) || !knows_leader(&reply),
        })
    }

    fn of_job(&self, below: &[&str]) -> Request {
        let start = ["v1", "job", &self.scope.job_id];
        let path: Vec<_> = start.iter().chain(below).copied().collect();
        self.of_namespace(&path)
    }

    /// A read of something that belongs to the namespace.
    pub fn of_namespace(&self, path: &[&str]) -> Request {
        let ask = Request::get(path.iter().copied());
        self.regional(ask.query("namespace", &self.scope.namespace))
    }

    /// A read of something that belongs to no namespace.
    pub fn of_cluster(&self, path: &[&str]) -> Request {
        self.regional(Request::get(path.iter().copied()))
    }

    fn regional(&self, ask: Request) -> Request {
        let ask = ask.header(ACCEPT, JSON);
        match &self.scope.region {
            Some(region) => ask.query("region", region),
            None => ask,
        }
    }
}

/// How long the server had not heard from the leader; `None`: nobody knows. A server that says nothing
/// of it is behind something that takes headers away, and was asked for what the leader knows.
fn silence(reply: &Reply) -> Option<TimeDelta> {
    match reply.headers().get(LAST_CONTACT) {
        None => Some(TimeDelta::zero()),
        Some(value) => {
            let milliseconds: u32 = value.to_str().ok()?.parse().ok()?;
            Some(TimeDelta::milliseconds(milliseconds.into()))
        }
    }
}

fn knows_leader(reply: &Reply) -> bool {
    let value = reply.headers().get(KNOWN_LEADER);
    value.is_none_or(|it| it.as_bytes() == b"true")
}

/// How old the oldest answer is, and whether any is too old.
struct Age {
    observed_at: DateTime<Utc>,
    is_stale: bool,
}

impl Age {
    fn of<T>(&mut self, read: Result<Read<T>, ReadError>) -> Result<T, Reason> {
        let read = read.map_err(ReadError::reason)?;
        self.observed_at = self.observed_at.min(read.observed_at);
        self.is_stale |= read.is_stale;
        Ok(read.found)
    }
}
