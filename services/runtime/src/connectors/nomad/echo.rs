//! Whether what came back is what was asked for.

use passport_connector_sdk::Object;
use passport_evidence::Reason;

use super::{
    allocation::Allocation,
    model::{Deployment, Evaluation, Job, Summary},
    scope::ScopeSettings,
};

/// The region of jobs that name none, or several ("multiregion" block).
const GLOBAL: &str = "global";

/// What belongs to a job and says so.
pub trait OfJob {
    /// Namespace of the job.
    fn namespace(&self) -> &str;
    /// Id of the job.
    fn job_id(&self) -> &str;
}

// === impl ScopeSettings ===

impl ScopeSettings {
    /// Whether a job is the one that was asked for.
    pub fn covers(&self, job: &Job) -> bool {
        // A job of several regions is registered in each as one of this name.
        let is_named = |it: &&String| !matches!(it.as_str(), "" | GLOBAL);
        let found = job.region.as_ref().filter(is_named);
        let is_its = match (&self.region, found) {
            (Some(wanted), Some(found)) => wanted == found,
            (_, _) => true,
        };
        is_its && job.id == self.job_id && job.namespace == self.namespace
    }

    /// All of it, if it is the job's.
    pub fn all<'a, T: OfJob + 'a>(
        &self,
        mut found: impl Iterator<Item = &'a T>,
    ) -> Result<(), Reason> {
        let is_its = |it: &T| it.namespace() == self.namespace && it.job_id() == self.job_id;
        match found.all(is_its) {
            true => Ok(()),
            false => Err(Reason::FilterNotApplied),
        }
    }

    /// A list, if all of it is the job's.
    pub fn list<T: OfJob>(&self, found: Vec<Object<T>>) -> Result<Vec<T>, Reason> {
        let found: Vec<_> = found.into_iter().map(|it| it.0).collect();
        self.all(found.iter()).map(|()| found)
    }
}

macro_rules! of_job {
    ($($kind:ty),*) => {$(
        impl OfJob for $kind {
            fn namespace(&self) -> &str {
                &self.namespace
            }

            fn job_id(&self) -> &str {
                &self.job_id
            }
        }
    )*};
}

of_job!(Deployment, Allocation, Summary, Evaluation);
