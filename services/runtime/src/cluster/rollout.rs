//! How far a rollout is, after the page "Deployments" and the API reference of the three kinds.

use passport_evidence::{Fact, Meaning, Reason, StateTable};

use super::{
    Kind, ROLLOUT_CONDITION,
    workload::{Condition, Workload},
};

/// A Deployment's `progressDeadlineSeconds` that stands for no deadline, and for no condition
/// `Progressing`.
const NO_DEADLINE: i64 = i32::MAX as i64;
/// Reasons of a condition `Progressing` while it does.
const PROGRESSES: [&str; 3] = [
    "NewReplicaSetCreated",
    "FoundNewReplicaSet",
    "ReplicaSetUpdated",
];

const PHASES: StateTable = StateTable::new(&[
    ("complete", Meaning::Passed),
    ("terminating", Meaning::Failed(Reason::BadState)),
    ("deadline_exceeded", Meaning::Failed(Reason::BadState)),
    ("replica_failure", Meaning::Failed(Reason::BadState)),
    ("not_observed", Meaning::Pending(Reason::InProgress)),
    ("paused", Meaning::Pending(Reason::AwaitingApproval)),
    ("scaling_to_zero", Meaning::Pending(Reason::InProgress)),
    ("updating", Meaning::Pending(Reason::InProgress)),
    ("on_delete", Meaning::Warning(Reason::Degraded)),
    ("partition", Meaning::Warning(Reason::Degraded)),
    (
        "none_desired",
        Meaning::NotApplicable(Reason::Informational),
    ),
]);

/// How far a rollout is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// All runs as it shall.
    Complete,
    /// The workload is being deleted.
    Terminating,
    /// It did not get ahead in time.
    DeadlineExceeded,
    /// Pods can't be made.
    ReplicaFailure,
    /// The controller has not seen the last change.
    NotObserved,
    /// A person stopped it.
    Paused,
    /// Nothing is wanted, and something runs.
    ScalingToZero,
    /// Pods are being replaced.
    Updating,
    /// Pods are complete and not all available, after an update that had ended.
    Unavailable,
    /// Pods are replaced only where somebody deletes them, and some are old.
    OnDelete,
    /// Some pods are kept old on purpose.
    Partition,
    /// Nothing is wanted, and nothing runs.
    NoneDesired,
    /// The controller's words prove nothing.
    Untold(Reason),
}

/// What a controller counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Wanted.
    pub desired: u32,
    /// There.
    pub current: u32,
    /// Of the newest revision.
    pub updated: u32,
    /// Ready for long enough.
    pub available: u32,
}

/// The fact.
pub fn fact(phase: Phase) -> Fact {
    let word = match phase {
        Phase::Complete => "complete",
        Phase::Terminating => "terminating",
        Phase::DeadlineExceeded => "deadline_exceeded",
        Phase::ReplicaFailure => "replica_failure",
        Phase::NotObserved => "not_observed",
        Phase::Paused => "paused",
        Phase::ScalingToZero => "scaling_to_zero",
        Phase::Updating | Phase::Unavailable => "updating",
        Phase::OnDelete => "on_delete",
        Phase::Partition => "partition",
        Phase::NoneDesired => "none_desired",
        Phase::Untold(reason) => return Fact::unknown(ROLLOUT_CONDITION, reason),
    };
    Fact::state(ROLLOUT_CONDITION, word, &PHASES)
}

/// How far it is: the first that is so. A Deployment's condition `Available` is no sign of it: it
/// may be true while nothing is available.
pub fn phase(workload: &Workload, kind: Kind) -> Phase {
    let counts = Counts::of(workload, kind);
    let is_deployment = kind == Kind::Deployment;
    let conditions = Conditions::of(workload);
    if workload.metadata.deletion_timestamp.is_some() {
        return Phase::Terminating;
    }
    if !workload.is_observed() {
        return Phase::NotObserved;
    }
    if is_deployment && workload.spec.paused == Some(true) {
        return Phase::Paused;
    }
    if is_deployment && conditions.has("Progressing", "False", Some("ProgressDeadlineExceeded")) {
        return Phase::DeadlineExceeded;
    }
    if conditions.has("ReplicaFailure", "True", None) {
        return Phase::ReplicaFailure;
    }
    match (counts.desired, counts.current) {
        (0, 0) => return Phase::NoneDesired,
        (0, _) => return Phase::ScalingToZero,
        _ => {}
    }
    match kind {
        Kind::Deployment => of_deployment(workload, counts, &conditions),
        Kind::StatefulSet | Kind::DaemonSet => of_numbered(workload, kind, counts),
    }
}

fn of_deployment(workload: &Workload, counts: Counts, conditions: &Conditions<'_>) -> Phase {
    let of_kind = conditions.of_kind("Progressing");
    let progressing = match of_kind.as_slice() {
        [] if workload.spec.progress_deadline_seconds == Some(NO_DEADLINE) => None,
        [] => return counts.settled().unwrap_or(Phase::Untold(Reason::NoData)),
        [only] => Some((only.status.as_str(), only.reason.as_deref())),
        _ => return Phase::Untold(Reason::Contradictory),
    };
    match progressing {
        Some(("True", Some(reason))) if PROGRESSES.contains(&reason) => Phase::Updating,
        None | Some(("True", Some("NewReplicaSetAvailable"))) => {
            counts.settled().unwrap_or(Phase::Complete)
        }
        Some(_) => counts
            .settled()
            .unwrap_or(Phase::Untold(Reason::UnrecognizedState)),
    }
}

/// Of a StatefulSet or a DaemonSet, which have no conditions.
fn of_numbered(workload: &Workload, kind: Kind, counts: Counts) -> Phase {
    let status = &workload.status;
    let strategy = workload.spec.update_strategy.as_ref();
    let rolling = strategy.and_then(|it| it.rolling_update.as_ref());
    let partition = rolling.and_then(|it| it.partition).unwrap_or_default();
    let revisions = (&status.current_revision, &status.update_revision);
    let is_numbered = kind == Kind::StatefulSet;
    let are_two = is_numbered && revisions.0 != revisions.1;
    let is_old = counts.updated < counts.desired || are_two;
    match strategy.and_then(|it| it.kind.as_deref()) {
        Some("OnDelete") if is_old => return Phase::OnDelete,
        Some("OnDelete" | "RollingUpdate") => {}
        Some(_) => return Phase::Untold(Reason::UnrecognizedState),
        None => return Phase::Untold(Reason::UnexpectedShape),
    }
    if is_numbered && partition > 0 && counts.updated < counts.current {
        return Phase::Partition;
    }
    match counts.settled() {
        // As long as there are two revisions the update has not ended.
        _ if are_two => Phase::Updating,
        Some(phase) => phase,
        None if is_numbered && status.update_revision.is_none() => {
            Phase::Untold(Reason::UnexpectedShape)
        }
        None => Phase::Complete,
    }
}

// === impl Counts ===

impl Counts {
    /// What a workload's controller counts.
    pub fn of(workload: &Workload, kind: Kind) -> Self {
        let status = &workload.status;
        let counts = match kind {
            Kind::Deployment | Kind::StatefulSet => [
                Some(workload.spec.replicas.unwrap_or(1)),
                status.replicas,
                status.updated_replicas,
                status.available_replicas,
            ],
            Kind::DaemonSet => [
                status.desired_number_scheduled,
                status.current_number_scheduled,
                status.updated_number_scheduled,
                status.number_available,
            ],
        };
        let [desired, current, updated, available] = counts.map(Option::unwrap_or_default);
        Self {
            desired,
            current,
            updated,
            available,
        }
    }

    /// What the counts say stands against completion; `None`: nothing.
    fn settled(self) -> Option<Phase> {
        let is_replacing = [self.current, self.updated] != [self.desired; 2];
        match (is_replacing, self.available < self.updated) {
            (true, _) => Some(Phase::Updating),
            (false, true) => Some(Phase::Unavailable),
            (false, false) => None,
        }
    }
}

/// What a controller says of a workload.
struct Conditions<'a>(&'a [Condition]);

impl<'a> Conditions<'a> {
    fn of(workload: &'a Workload) -> Self {
        Self(workload.status.conditions.as_deref().unwrap_or_default())
    }

    fn of_kind(&self, kind: &str) -> Vec<&'a Condition> {
        self.0.iter().filter(|it| it.kind == kind).collect()
    }

    fn has(&self, kind: &str, status: &str, reason: Option<&str>) -> bool {
        let of_kind = self.of_kind(kind);
        let mut all = of_kind.iter().filter(|it| it.status == status);
        all.any(|it| reason.is_none() || it.reason.as_deref() == reason)
    }
}
