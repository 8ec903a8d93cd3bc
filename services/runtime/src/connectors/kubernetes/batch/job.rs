//! How far a Job is, after the page "Jobs" and the API reference (`batch/v1`).

use chrono::{DateTime, Utc};
use passport_evidence::Reason;

use super::model::Job;
use crate::connectors::kubernetes::conditions::condition;

/// How many pods may fail where a Job does not say.
const BACKOFF_LIMIT: u32 = 6;
/// Why a Job is complete before all of its pods are.
const BY_POLICY: &str = "SuccessPolicy";

/// The first that is so, or why nothing can be told.
pub fn word(job: &Job) -> Result<&'static str, Reason> {
    if job.metadata.deletion_timestamp.is_some() {
        return Ok("terminating");
    }
    match (job.is("Complete")?, job.is("Failed")?) {
        (true, true) => Err(Reason::Contradictory),
        (true, false) => completed(job).map(|()| "complete"),
        (false, true) => Ok("failed"),
        (false, false) => under_way(job),
    }
}

/// When a Job that is complete was; `None`: it is not.
pub fn completed_at(job: &Job) -> Option<DateTime<Utc>> {
    let is_complete = word(job) == Ok("complete");
    job.status.completion_time.filter(|_| is_complete)
}

/// A controller's word that it is complete must be what it counts.
fn completed(job: &Job) -> Result<(), Reason> {
    let [active, succeeded, _] = job.status.pods();
    let is_by_policy = job.has_reason("SuccessCriteriaMet")? || job.has_reason("Complete")?;
    let wanted = match (job.spec.completions, is_by_policy) {
        // It has nothing to do, and did nothing.
        (Some(0), _) => return Err(Reason::NoData),
        (Some(all), false) => all,
        (Some(_), true) | (None, _) => 1,
    };
    if job.status.completion_time.is_none() {
        return Err(Reason::UnexpectedShape);
    }
    match active == 0 && succeeded >= wanted {
        true => Ok(()),
        false => Err(Reason::Contradictory),
    }
}

fn under_way(job: &Job) -> Result<&'static str, Reason> {
    let [_, _, failed] = job.status.pods();
    let is_paused = job.spec.suspend == Some(true) || job.spec.parallelism == Some(0);
    let counts_all =
        job.spec.backoff_limit_per_index.is_none() && job.spec.pod_failure_policy.is_none();
    let may_fail = job.spec.backoff_limit.unwrap_or(BACKOFF_LIMIT);
    Ok(match () {
        () if job.is("FailureTarget")? => "failing",
        () if is_paused || job.is("Suspended")? => "suspended",
        () if job.is("SuccessCriteriaMet")? => "finishing",
        () if job.status.start_time.is_none() => "not_started",
        () if counts_all && failed > may_fail => "failing",
        () if failed > 0 => "retrying",
        () => "running",
    })
}

// === impl Job ===

impl Job {
    /// Whether a condition is true, which one that is missing is not.
    fn is(&self, kind: &str) -> Result<bool, Reason> {
        let all = self.status.conditions.as_deref().unwrap_or_default();
        match condition(all, kind)?.map(|it| it.status.as_str()) {
            Some("True") => Ok(true),
            Some("False") | None => Ok(false),
            Some(_) => Err(Reason::UnrecognizedState),
        }
    }

    fn has_reason(&self, kind: &str) -> Result<bool, Reason> {
        let all = self.status.conditions.as_deref().unwrap_or_default();
        let reason = condition(all, kind)?.and_then(|it| it.reason.as_deref());
        Ok(reason == Some(BY_POLICY))
    }
}
