//! How often tasks were restarted and allocations replaced lately. Nomad keeps the last ten events of a
//! task, and the last reschedules of an allocation.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use passport_evidence::{Fact, Quantity, Reason, Value};

use super::{RECENT_RESTARTS, members::Members};
use crate::connectors::nomad::{
    allocation::{Allocation, TaskState, time},
    settings::Wanted,
};

/// Events of a task that are kept ("allocations HTTP API").
const KEPT_EVENTS: usize = 10;
/// Reschedules of an allocation that are kept, where it may be rescheduled without end.
const KEPT_RESCHEDULES: usize = 5;
const RESTARTS: [&str; 2] = ["Restarting", "Restart Signaled"];

/// So many that are known, and whether that may not be all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Found {
    count: u64,
    is_open: bool,
}

/// The fact, over the allocations that should run and those of the current version that did.
pub fn fact(members: &Members<'_>, wanted: &Wanted, now: DateTime<Utc>) -> Fact {
    let unknown = |reason| {
        let threshold = wanted.restarts.threshold.clone();
        Fact::unknown(RECENT_RESTARTS, reason).wanting(threshold)
    };
    if members.wanted.is_empty() {
        return unknown(members.doubt.unwrap_or(Reason::NoData));
    }
    let window = Window {
        begins: now - wanted.restart_window.as_delta(),
    };
    let running = members.wanted.iter().map(|(it, _)| *it);
    let all: Vec<_> = running.chain(members.replaced.iter().copied()).collect();
    let tasks = all.iter().flat_map(|it| it.task_states.iter().flatten());
    let restarts = tasks.map(|(_, it)| window.restarts(it));
    let found = restarts.fold(window.reschedules(&all), Found::plus);
    let count = Quantity::count(found.count);
    let value = match found.is_open {
        true => Value::AtLeast(count),
        false => Value::Exact(count),
    };
    let fact = Fact::measured(RECENT_RESTARTS, value, &wanted.restarts);
    match members.doubt.or(untold(members)) {
        Some(reason) => fact.doubt(reason),
        None => fact,
    }
}

/// Of an allocation whose node is not heard of the last restarts are not known; one that runs has told
/// of its tasks.
fn untold(members: &Members<'_>) -> Option<Reason> {
    let mut all = members.wanted.iter().map(|(it, _)| *it);
    let tells_nothing = |it: &Allocation| it.task_states.as_ref().is_none_or(|it| it.is_empty());
    let is_silent = |it: &Allocation| it.runs() && tells_nothing(it);
    match all.clone().any(Allocation::is_disconnected) {
        true => Some(Reason::Stale),
        false => all.any(is_silent).then_some(Reason::NoData),
    }
}

/// The time in which restarts count.
struct Window {
    begins: DateTime<Utc>,
}

impl Window {
    fn has(&self, at: DateTime<Utc>) -> bool {
        at >= self.begins
    }

    fn restarts(&self, task: &TaskState) -> Found {
        let events = task.events.as_deref().unwrap_or_default();
        let is_in = |it: Option<i64>| it.and_then(time).is_none_or(|at| self.has(at));
        let restarts = events
            .iter()
            .filter(|it| RESTARTS.contains(&it.kind.as_str()));
        let count = restarts.filter(|it| is_in(it.time)).count() as u64;
        let last = task.last_restart.is_some_and(|at| self.has(at));
        // Events that have gone may have been restarts. So may those that are counted without a time.
        let are_gone = events.len() >= KEPT_EVENTS && events.iter().all(|it| is_in(it.time));
        let is_undated =
            task.last_restart.is_none() && task.restarts.is_some_and(|it| it > count) && count == 0;
        Found {
            count: count.max(last.into()),
            is_open: are_gone || is_undated,
        }
    }

    /// Each once: an allocation keeps those of the one that it replaced.
    fn reschedules(&self, all: &[&Allocation]) -> Found {
        let is_in = |at: i64| time(at).is_none_or(|at| self.has(at));
        let mut found = BTreeSet::new();
        let mut is_open = false;
        for allocation in all {
            let kept = allocation.reschedules();
            let recent = kept.iter().filter(|it| is_in(it.reschedule_time));
            let recent: Vec<_> = recent.collect();
            is_open |= recent.len() >= KEPT_RESCHEDULES && recent.len() == kept.len();
            found.extend(recent.iter().map(|it| (it.reschedule_time, &it.previous)));
        }
        Found {
            count: found.len() as u64,
            is_open,
        }
    }
}

// === impl Found ===

impl Found {
    fn plus(self, other: Self) -> Self {
        Self {
            count: self.count.saturating_add(other.count),
            is_open: self.is_open || other.is_open,
        }
    }
}
