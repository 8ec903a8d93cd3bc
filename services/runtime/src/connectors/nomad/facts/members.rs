//! Which allocations count, and how each is.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use passport_evidence::Reason;

use super::standing::{Judged, Standing};
use crate::connectors::nomad::{allocation::Allocation, client::Snapshot, settings::Wanted};

/// A job's allocations of the task groups that count.
#[derive(Debug)]
pub struct Members<'a> {
    /// Those that should run, each with how it is.
    pub wanted: Vec<(&'a Allocation, Standing)>,
    /// Those that were of the current version and should run no more.
    pub replaced: Vec<&'a Allocation>,
    /// Why nothing of them is certain.
    pub doubt: Option<Reason>,
    /// Whether an update takes place.
    pub is_updating: bool,
}

impl<'a> Members<'a> {
    /// The job's.
    pub fn of(
        snapshot: &'a Snapshot,
        wanted: &Wanted,
        is_updating: bool,
        now: DateTime<Utc>,
    ) -> Self {
        let job = &snapshot.job;
        let (all, unread) = match &snapshot.allocations {
            Ok(all) => (all.as_slice(), None),
            Err(reason) => (&[][..], Some(*reason)),
        };
        let of_groups = all.iter().filter(|it| wanted.counts(&it.task_group));
        let of_groups: Vec<_> = of_groups.collect();
        let ids: BTreeSet<_> = of_groups.iter().map(|it| it.id.as_str()).collect();
        let is_doubled = ids.len() < of_groups.len();
        let are_known = all.iter().all(|it| knows(&it.desired_status));
        let doubt = unread
            .or(is_doubled.then_some(Reason::Ambiguous))
            .or((!are_known).then_some(Reason::UnrecognizedState))
            .or((!has_groups(snapshot, wanted)).then_some(Reason::NoData));
        let by = Judged {
            snapshot,
            wanted,
            is_updating,
            now,
        };
        let standing = |it: &'a Allocation| (it, Standing::of(it, by));
        let (running, over): (Vec<_>, Vec<_>) =
            of_groups.into_iter().partition(|it| it.should_run());
        Self {
            wanted: running.into_iter().map(standing).collect(),
            replaced: over
                .into_iter()
                .filter(|it| it.job_version == job.version)
                .collect(),
            doubt,
            is_updating,
        }
    }
}

fn knows(desired: &str) -> bool {
    matches!(desired, "run" | "stop" | "evict")
}

/// Whether the job has every task group that the source names.
fn has_groups(snapshot: &Snapshot, wanted: &Wanted) -> bool {
    let mut named = wanted.groups.iter().flatten();
    named.all(|it| snapshot.job.group(it).is_some())
}
