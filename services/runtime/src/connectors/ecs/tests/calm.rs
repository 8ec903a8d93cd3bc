//! What ECS would have to say for no task and no container to have failed lately.

use serde_json::Value;

use super::look::{is, list, text};
use super::oracle::NOW;

/// Whether the two tasks that stopped did so for no fault of theirs, and those that run show no restart.
pub fn is_calm(world: &Value) -> bool {
    let running = list(world, "running");
    let are_calm = running.len() == 2 && running.iter().all(shows_no_restart);
    let are_harmless = |all: &Vec<Value>| all.len() == 2 && all.iter().all(is_harmless);
    are_calm && world["stopped"].as_array().is_some_and(are_harmless)
}

fn is_harmless(task: &Value) -> bool {
    let reason = text(task, "stoppedReason");
    let is_old = task["stoppedAt"]
        .as_f64()
        .is_some_and(|at| at < (NOW - 3_600) as f64);
    let is_unhealthy = reason.is_some_and(|it| it.contains("health checks"));
    let code = match text(task, "stopCode") {
        Some("ServiceSchedulerInitiated") => reason.is_some(),
        Some(code) => [
            "UserInitiated",
            "SpotInterruption",
            "TerminationNotice",
            "InfrastructureHealth",
        ]
        .contains(&code),
        None => false,
    };
    is_old || (code && !is_unhealthy)
}

/// Whether each container that ended did so well, and runs no more.
fn shows_no_restart(task: &Value) -> bool {
    let mut ended = list(task, "containers").iter();
    ended.all(|it| {
        let code = it.get("exitCode").filter(|it| !it.is_null());
        code.is_none_or(|code| *code == 0 && is(it, "lastStatus", "STOPPED"))
    })
}
