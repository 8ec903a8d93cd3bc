//! How far the newest Job of a CronJob is, after the page "CronJob" and the API reference (`batch/v1`).

use passport_evidence::Reason;

use super::{
    job,
    model::{CronJob, Job},
};

/// The first that is so, or why nothing can be told.
pub fn word(cron_job: &CronJob, newest: Option<&Job>) -> Result<&'static str, Reason> {
    let status = &cron_job.status;
    if cron_job.metadata.deletion_timestamp.is_some() {
        return Ok("terminating");
    }
    if cron_job.spec.suspend == Some(true) {
        return Ok("suspended");
    }
    let Some(newest) = newest else {
        return match status.last_schedule_time {
            None => Ok("never_ran"),
            // Its Jobs are cleared away: how the last one ended nobody tells.
            Some(_) => Err(Reason::NoData),
        };
    };
    // A Job is made at its time or after it: that of the last time is not among them.
    if newest.metadata.creation_timestamp < status.last_schedule_time {
        return Err(Reason::Incomplete);
    }
    let word = job::word(newest)?;
    let is_seen = status.last_successful_time >= newest.status.completion_time;
    match word {
        "complete" if !is_seen => Ok("not_observed"),
        word => Ok(word),
    }
}

/// The newest of a CronJob's Jobs; `Ok(None)`: there is none.
pub fn newest(cron_job: &CronJob, jobs: Vec<Job>) -> Result<Option<Job>, Reason> {
    let owned = jobs.into_iter();
    let mut owned: Vec<_> = owned
        .filter(|it| it.metadata.is_of(&cron_job.metadata.uid))
        .collect();
    let made = |it: &Job| it.metadata.creation_timestamp;
    if owned.iter().any(|it| made(it).is_none()) {
        return Err(Reason::UnexpectedShape);
    }
    owned.sort_by_key(made);
    let newest = owned.pop();
    match (&newest, owned.last()) {
        (Some(one), Some(other)) if made(one) == made(other) => Err(Reason::Ambiguous),
        _ => Ok(newest),
    }
}
