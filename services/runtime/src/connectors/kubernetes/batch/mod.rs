//! Jobs, and the CronJobs that make them: what ran to its end, and which image it was.

mod cron_job;
mod facts;
mod job;
mod model;
mod read;

pub use facts::unread;

#[cfg(test)]
pub use {
    cron_job::newest,
    facts::{of_cron_job, of_job},
    model::{CronJob, Job},
    read::Run,
};

use passport_connector_sdk::{CollectRequest, ReadError};
use passport_evidence::{Fact, Meaning, Reason, StateTable};

use super::client::Client;
use crate::cluster::snapshot;

/// Their API group.
pub const BATCH: &str = "batch";
/// Jobs as they stand in paths and roles.
pub const JOBS: &str = "jobs";

/// Kinds of what runs to an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Pods that end.
    Job,
    /// A Job now and then.
    CronJob,
}

/// How far what runs to an end has come.
const STATES: StateTable = StateTable::new(&[
    ("complete", Meaning::Passed),
    ("failed", Meaning::Failed(Reason::BadState)),
    ("failing", Meaning::Failed(Reason::BadState)),
    ("terminating", Meaning::Failed(Reason::BadState)),
    ("suspended", Meaning::Pending(Reason::AwaitingApproval)),
    ("not_started", Meaning::Pending(Reason::InProgress)),
    ("not_observed", Meaning::Pending(Reason::InProgress)),
    ("running", Meaning::Pending(Reason::InProgress)),
    ("retrying", Meaning::Pending(Reason::InProgress)),
    ("finishing", Meaning::Pending(Reason::InProgress)),
    ("never_ran", Meaning::Unknown(Reason::NoData)),
]);

/// The facts of what a source names.
pub async fn facts(
    client: &Client,
    kind: Kind,
    request: &CollectRequest,
) -> Result<Vec<Fact>, ReadError> {
    let wanted = &client.wanted;
    let asks = (request.subject.as_ref(), request.now);
    match kind {
        Kind::Job => {
            let found = snapshot(&read::Jobs(client), request).await?;
            Ok(facts::of_job(&found, wanted, asks))
        }
        Kind::CronJob => {
            let found = snapshot(&read::CronJobs(client), request).await?;
            Ok(facts::of_cron_job(&found, wanted, asks))
        }
    }
}
