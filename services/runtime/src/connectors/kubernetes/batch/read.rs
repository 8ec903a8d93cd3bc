//! The reads of Jobs and CronJobs: one by its name, of a CronJob all Jobs of the namespace, which have no
//! label in common that tells whose they are, and the pods of one Job.

use chrono::{DateTime, Utc};
use passport_connector_sdk::{CollectRequest, ReadError};
use passport_evidence::Reason;
use passport_kubernetes_api::{self as api, List};

use super::{
    BATCH, JOBS, cron_job,
    model::{CronJob, Job},
};
use crate::{
    cluster::{Moving, listed, pod::Pod},
    connectors::kubernetes::client::Client,
};

/// Reads one Job.
pub struct Jobs<'a>(pub &'a Client);

/// Reads one CronJob.
pub struct CronJobs<'a>(pub &'a Client);

/// What a Job's selector picks, and as of when.
pub type Pods = (Vec<Pod>, DateTime<Utc>);

/// A Job that a CronJob made.
#[derive(Debug, Clone)]
pub struct Run {
    /// The newest; `None`: there is none.
    pub newest: Option<Job>,
    /// Its pods.
    pub pods: Result<Pods, Reason>,
    /// How old the list of Jobs is.
    pub observed_at: DateTime<Utc>,
}

async fn pods(client: &Client, job: &Job, request: &CollectRequest) -> Result<Pods, Reason> {
    let selector = job.spec.selector.as_ref().and_then(|it| it.query());
    let selector = selector.ok_or(Reason::UnexpectedShape)?;
    let path = client.list("", "Pod", "pods", &selector);
    let found: List<Pod> = listed(api::list(&client.provider, path, request).await)?;
    Ok((found.items, found.observed_at))
}

impl Moving for Jobs<'_> {
    type Object = Job;
    type Parts = Result<Pods, Reason>;
    type Error = ReadError;

    async fn object(&self, request: &CollectRequest) -> Result<(Job, DateTime<Utc>), ReadError> {
        api::read(&self.0.provider, self.0.path(), request).await
    }

    async fn parts(&self, of: &Job, request: &CollectRequest) -> Result<Pods, Reason> {
        pods(self.0, of, request).await
    }

    fn is_same(before: &Job, after: &Job) -> bool {
        before.metadata.uid == after.metadata.uid && before.status == after.status
    }
}

impl Moving for CronJobs<'_> {
    type Object = CronJob;
    type Parts = Result<Run, Reason>;
    type Error = ReadError;

    async fn object(
        &self,
        request: &CollectRequest,
    ) -> Result<(CronJob, DateTime<Utc>), ReadError> {
        api::read(&self.0.provider, self.0.path(), request).await
    }

    async fn parts(&self, of: &CronJob, request: &CollectRequest) -> Result<Run, Reason> {
        let path = self.0.list(BATCH, "Job", JOBS, "");
        let found: List<Job> = listed(api::list(&self.0.provider, path, request).await)?;
        let newest = cron_job::newest(of, found.items)?;
        let pods = match &newest {
            Some(newest) => pods(self.0, newest, request).await,
            None => Err(Reason::NoData),
        };
        Ok(Run {
            newest,
            pods,
            observed_at: found.observed_at,
        })
    }

    fn is_same(before: &CronJob, after: &CronJob) -> bool {
        let generation = |it: &CronJob| it.metadata.generation;
        before.metadata.uid == after.metadata.uid
            && generation(before) == generation(after)
            && before.status == after.status
    }
}
