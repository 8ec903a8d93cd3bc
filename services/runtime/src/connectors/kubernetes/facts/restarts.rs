//! How often containers were restarted lately. Kubernetes counts restarts ever since a pod is, and
//! tells when the last one was.

use chrono::{DateTime, Utc};
use passport_evidence::{Fact, Reason};

use super::{RECENT_RESTARTS, members::Members};
use crate::{
    cluster::pod::{ContainerStatus, Pod},
    connectors::kubernetes::settings::Wanted,
    restarts::Bounds,
};

/// The fact, over all pods.
pub fn fact(members: &Members<'_>, wanted: &Wanted, now: DateTime<Utc>) -> Fact {
    if members.kept.is_empty() {
        return Fact::unknown(RECENT_RESTARTS, Reason::NoData)
            .wanting(wanted.restarts.threshold.clone());
    }
    let window = Window::of(wanted, now);
    let mut sum = Bounds::default();
    let mut are_all = members.are_all;
    let mut any_is_told = false;
    for pod in &members.kept {
        for name in pod.lasting().filter(|it| !wanted.ignored.contains(*it)) {
            let statuses: Vec<_> = pod.statuses_of(name).collect();
            // A pod that waits for a node has none yet, and one that was evicted none any more.
            let may_have_none = pod.has_ended() || pod.status.phase.as_deref() == Some("Pending");
            are_all &= may_have_none || !statuses.is_empty();
            any_is_told |= !statuses.is_empty();
            for status in statuses {
                sum.add(window.restarts(pod, status));
            }
        }
    }
    if !any_is_told {
        return Fact::unknown(RECENT_RESTARTS, Reason::NoData)
            .wanting(wanted.restarts.threshold.clone());
    }
    let fact = sum.judge(RECENT_RESTARTS, &wanted.restarts);
    match are_all {
        true => fact,
        false => fact.doubt(Reason::Incomplete),
    }
}

/// The time in which restarts count.
pub struct Window {
    begins: DateTime<Utc>,
}

impl Window {
    /// The one that a source wants.
    pub fn of(wanted: &Wanted, now: DateTime<Utc>) -> Self {
        Self {
            begins: now - wanted.restart_window.as_delta(),
        }
    }

    /// How often a container was restarted in it.
    pub fn restarts(&self, pod: &Pod, status: &ContainerStatus) -> Bounds {
        let count = u64::from(status.restart_count);
        let is_in = |at: DateTime<Utc>| at >= self.begins;
        let last = status.last_state.terminated.as_ref();
        let last = last.and_then(|it| it.finished_at);
        let [low, high] = match (count, pod.status.start_time, last) {
            (0, _, _) => [0, 0],
            (_, Some(started), _) if is_in(started) => [count, count],
            (_, _, Some(last)) if is_in(last) => [1, count],
            (_, _, Some(_)) => [0, 0],
            (_, _, None) => [0, count],
        };
        Bounds { low, high }
    }
}
