//! How one allocation is, after what its node told of its tasks.

use chrono::{DateTime, Utc};
use passport_evidence::Reason;

use crate::connectors::nomad::{
    allocation::{Allocation, TaskState, Verdict},
    checks::Live,
    client::Snapshot,
    model::{Job, Lifecycle},
    settings::Wanted,
};

/// How an allocation is that should run; of its tasks the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It runs, and was found healthy where that is told.
    Well,
    /// Its tasks ended well, as those of a batch job are to.
    Complete,
    /// It runs, and nobody has said whether it is healthy as it runs now.
    Unjudged,
    /// It does not run yet, or not for long enough.
    Starting,
    /// What is said of it proves nothing.
    Untold(Untold),
    /// It runs no more, and was not replaced.
    Lost,
    /// It was found unhealthy.
    Unhealthy,
    /// A task of it ended that was to run on.
    TaskDead,
    /// It failed as a whole, and was not replaced.
    Failed,
}

/// Why nothing is proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Untold {
    /// Nothing is said of a task.
    NoData,
    /// It was found healthy too long ago.
    Aged,
    /// A state that is not known.
    Unrecognized,
    /// Its node has not been heard of.
    Disconnected,
}

/// What an allocation is judged by, besides what is told of it.
#[derive(Debug, Clone, Copy)]
pub struct Judged<'a> {
    /// All that was read.
    pub snapshot: &'a Snapshot,
    /// What the source wants.
    pub wanted: &'a Wanted,
    /// Whether an update takes place.
    pub is_updating: bool,
    /// When all of it was read.
    pub now: DateTime<Utc>,
}

/// How long a task is to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// As long as the allocation.
    Lasts,
    /// To its end, before the others or after their start.
    Ends,
    /// After the others.
    Follows,
    /// It is none of the job's present tasks.
    Unknown,
}

// === impl Standing ===

impl Standing {
    /// Of an allocation that should run.
    pub fn of(allocation: &Allocation, by: Judged<'_>) -> Self {
        let job = &by.snapshot.job;
        match allocation.client_status.as_str() {
            "pending" => Self::Starting,
            "running" => of_tasks(allocation, job, by.health(allocation)),
            "complete" if job.is_batch() => of_tasks(allocation, job, Self::Complete),
            "complete" => Self::TaskDead,
            "failed" => Self::Failed,
            "lost" => Self::Lost,
            "unknown" => Self::Untold(Untold::Disconnected),
            _ => Self::Untold(Untold::Unrecognized),
        }
    }

    /// Why nothing is proved of it.
    pub fn untold(self) -> Option<Untold> {
        match self {
            Self::Untold(untold) => Some(untold),
            Self::Well
            | Self::Complete
            | Self::Unjudged
            | Self::Starting
            | Self::Lost
            | Self::Unhealthy
            | Self::TaskDead
            | Self::Failed => None,
        }
    }
}

// === impl Judged ===

impl Judged<'_> {
    /// How healthy an allocation is that runs: by what its checks say now, else by what was found at its
    /// deployment, for as long as that stands.
    fn health(self, allocation: &Allocation) -> Standing {
        let job = &self.snapshot.job;
        let is_new = self.is_updating && allocation.job_version == job.version;
        let verdict = allocation.verdict(self.now);
        match (self.live(allocation), verdict) {
            (_, Some(Verdict::Unhealthy)) => Standing::Unhealthy,
            (Some(Live::Unclear), _) => Standing::Untold(Untold::Unrecognized),
            (Some(Live::Failing), None) if is_new => Standing::Starting,
            (Some(Live::Failing), _) => Standing::Unhealthy,
            (Some(Live::PassedAt(at)), _) if allocation.is_as_found(at, self.now) => Standing::Well,
            (_, Some(Verdict::HealthyAt(at))) if self.stands(at) => Standing::Well,
            _ if !job.tells_health(&allocation.task_group) => Standing::Well,
            (_, Some(Verdict::HealthyAt(_))) => Standing::Untold(Untold::Aged),
            (_, None) if is_new => Standing::Starting,
            (_, None) => Standing::Unjudged,
        }
    }

    fn live(self, allocation: &Allocation) -> Option<Live> {
        let job = &self.snapshot.job;
        let checks = self.snapshot.checks.get(&allocation.id)?.as_deref();
        let group = job.group(&allocation.task_group);
        let found = Live::of(checks, allocation, group, self.now)?;
        // Another version may have had other checks.
        let is_newest = allocation.job_version == job.version;
        (is_newest || !matches!(found, Live::PassedAt(_))).then_some(found)
    }

    fn stands(self, found: DateTime<Utc>) -> bool {
        self.now - found <= self.wanted.max_health_age.as_delta()
    }
}

/// The worst of an allocation's tasks, and of what is known of it besides.
fn of_tasks(allocation: &Allocation, job: &Job, otherwise: Standing) -> Standing {
    let untold = Standing::Untold(Untold::NoData);
    let states = allocation.task_states.as_ref();
    let Some(states) = states.filter(|it| !it.is_empty()) else {
        return otherwise.max(untold);
    };
    let group = job.group(&allocation.task_group);
    let tasks = group.map_or(&[][..], |it| &it.tasks);
    let is_newest = allocation.job_version == job.version;
    // Another version may have had other tasks.
    let are_all = tasks.iter().all(|it| states.contains_key(&it.name));
    let missing = (is_newest && !are_all).then_some(untold);
    let found = states.iter().map(|(name, state)| {
        let task = tasks.iter().find(|it| it.name == *name);
        let role = match task.filter(|_| is_newest) {
            Some(task) => Role::of(task.lifecycle.as_deref()),
            None => Role::Unknown,
        };
        of_task(state, role, job.is_batch())
    });
    found.chain(missing).fold(otherwise, Standing::max)
}

fn of_task(state: &TaskState, role: Role, is_batch: bool) -> Standing {
    if state.failed {
        return Standing::TaskDead;
    }
    match (state.state.as_str(), role) {
        ("running", _) | ("pending", Role::Follows) => Standing::Well,
        ("pending", Role::Lasts | Role::Ends | Role::Unknown) => Standing::Starting,
        ("dead", Role::Ends | Role::Follows) => Standing::Well,
        ("dead", Role::Lasts) if is_batch => Standing::Well,
        ("dead", Role::Lasts) => Standing::TaskDead,
        ("dead", Role::Unknown) => Standing::Untold(Untold::NoData),
        (_, _) => Standing::Untold(Untold::Unrecognized),
    }
}

// === impl Role ===

impl Role {
    /// After the page "lifecycle block": a sidecar lasts, whatever its hook.
    fn of(lifecycle: Option<&Lifecycle>) -> Self {
        match lifecycle.map(|it| (it.hook.as_str(), it.sidecar == Some(true))) {
            None | Some(("prestart" | "poststart", true)) => Self::Lasts,
            Some(("prestart" | "poststart", false)) => Self::Ends,
            Some(("poststop", _)) => Self::Follows,
            Some(_) => Self::Unknown,
        }
    }
}

// === impl Untold ===

impl Untold {
    /// As facts say it.
    pub fn reason(self) -> Reason {
        match self {
            Self::NoData => Reason::NoData,
            Self::Aged => Reason::Stale,
            Self::Unrecognized => Reason::UnrecognizedState,
            Self::Disconnected => Reason::Stale,
        }
    }
}
