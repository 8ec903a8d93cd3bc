//! How many tasks failed lately. ECS replaces them and counts no restarts: those that stopped tell.

use chrono::{DateTime, Utc};
use passport_evidence::{Fact, Reason};

use super::RECENT_RESTARTS;
use crate::{
    connectors::ecs::{model::Task, settings::Wanted, snapshot::Tasks},
    restarts::Bounds,
};

/// How the reasons begin of tasks that were stopped for their health.
const UNHEALTHY: [&str; 2] = [
    "Task failed ELB health checks",
    "Task failed container health checks",
];

/// What a task that stopped tells.
enum Told {
    Failed,
    Else,
    Nothing,
}

/// The fact, over all tasks that shall not run, and what those that run show of containers that ended in them.
/// A restart policy of a container starts it again within its task, and ECS counts that nowhere.
pub fn fact(
    tasks: Result<&Tasks, Reason>,
    running: Result<&Tasks, Reason>,
    wanted: &Wanted,
    now: DateTime<Utc>,
) -> Fact {
    let fact = of_stopped(tasks, wanted, now);
    match running {
        Ok(tasks) if tasks.all.iter().any(hides_restarts) => fact.doubt(Reason::LowerBound),
        Ok(tasks) if tasks.are_all => fact,
        Ok(_) => fact.doubt(Reason::Incomplete),
        // What is not read may hide some.
        Err(reason) => fact.doubt(reason),
    }
}

/// Whether a container of a task that runs has ended: badly, or it runs again.
fn hides_restarts(task: &Task) -> bool {
    let containers = task.containers.iter().flat_map(|it| it.iter());
    let mut ended = containers.filter(|it| it.exit_code.is_some());
    ended.any(|it| it.exit_code != Some(0) || it.last_status.as_deref() != Some("STOPPED"))
}

fn of_stopped(tasks: Result<&Tasks, Reason>, wanted: &Wanted, now: DateTime<Utc>) -> Fact {
    let tasks = match tasks {
        Ok(tasks) => tasks,
        Err(reason) => {
            return Fact::unknown(RECENT_RESTARTS, reason)
                .wanting(wanted.restarts.threshold.clone());
        }
    };
    let begins = now - wanted.restart_window.as_delta();
    let lately = tasks.all.iter();
    // One that is still stopping has no time yet.
    let lately = lately.filter(|it| it.stopped_at.is_none_or(|at| at.0 >= begins));
    let (mut failed, mut are_told) = (0, true);
    for task in lately {
        match told(task) {
            Told::Failed => failed += 1,
            Told::Else => {}
            Told::Nothing => are_told = false,
        }
    }
    let bounds = Bounds {
        low: failed,
        high: failed,
    };
    let fact = bounds.judge(RECENT_RESTARTS, &wanted.restarts);
    match tasks.are_all && are_told {
        true => fact,
        false => fact.doubt(Reason::Incomplete),
    }
}

fn told(task: &Task) -> Told {
    let reason = task.stopped_reason.as_deref().unwrap_or_default();
    if UNHEALTHY.iter().any(|it| reason.starts_with(it)) {
        return Told::Failed;
    }
    match task.stop_code.as_deref() {
        Some("TaskFailedToStart" | "EssentialContainerExited") => Told::Failed,
        // Its reason would say if it was for the task's health.
        Some("ServiceSchedulerInitiated") if task.stopped_reason.is_none() => Told::Nothing,
        Some(
            "ServiceSchedulerInitiated"
            | "UserInitiated"
            | "SpotInterruption"
            | "TerminationNotice"
            | "InfrastructureHealth",
        ) => Told::Else,
        Some(_) | None => Told::Nothing,
    }
}
