//! Why tasks stopped lately, in ECS' own words for it, after the pages "Task" of the API reference and "Amazon ECS
//! stopped tasks error messages". Whether too many did is what `recent_restarts` judges; this tells what to look for.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use passport_evidence::{Fact, Reason};

use super::TASK_STOP_REASON;
use crate::connectors::ecs::{model::Task, settings::Wanted, snapshot::Tasks};

/// How a reason begins, and the word that is shown for it. What stands behind may hold names, addresses and more.
const BEGINNINGS: [(&str, &str); 18] = [
    ("CannotPullContainerError", "CannotPullContainerError"),
    (
        "CannotPullImageManifestError",
        "CannotPullImageManifestError",
    ),
    ("CannotPullECRContainerError", "CannotPullECRContainerError"),
    ("CannotStartContainerError", "CannotStartContainerError"),
    ("CannotCreateContainerError", "CannotCreateContainerError"),
    ("CannotInspectContainerError", "CannotInspectContainerError"),
    ("CannotStopContainerError", "CannotStopContainerError"),
    ("CannotCreateVolumeError", "CannotCreateVolumeError"),
    (
        "ContainerRuntimeTimeoutError",
        "ContainerRuntimeTimeoutError",
    ),
    ("ContainerRuntimeError", "ContainerRuntimeError"),
    ("DockerTimeoutError", "DockerTimeoutError"),
    ("OutOfMemoryError", "OutOfMemoryError"),
    ("ResourceInitializationError", "ResourceInitializationError"),
    ("ResourceNotFoundException", "ResourceNotFoundException"),
    ("InternalError", "InternalError"),
    ("SpotInterruptionError", "SpotInterruptionError"),
    ("Task failed ELB health checks", "failed_elb_health_checks"),
    (
        "Task failed container health checks",
        "failed_container_health_checks",
    ),
];

const CODES: [&str; 7] = [
    "TaskFailedToStart",
    "EssentialContainerExited",
    "UserInitiated",
    "ServiceSchedulerInitiated",
    "SpotInterruption",
    "TerminationNotice",
    "InfrastructureHealth",
];
const OTHER: &str = "other";

/// The fact. It never passes: it judges nothing.
pub fn fact(tasks: Result<&Tasks, Reason>, wanted: &Wanted, now: DateTime<Utc>) -> Fact {
    let tasks = match tasks {
        Ok(tasks) => tasks,
        Err(reason) => return Fact::unknown(TASK_STOP_REASON, reason),
    };
    let begins = now - wanted.restart_window.as_delta();
    let all = tasks.all.iter();
    let lately = all.filter(|it| it.stopped_at.is_none_or(|at| at.0 >= begins));
    let words: BTreeSet<_> = lately.flat_map(words).collect();
    let fact = Fact::not_applicable(TASK_STOP_REASON, Reason::Informational);
    match words.is_empty() {
        true => fact,
        false => fact.showing(Vec::from_iter(words).join(", ").as_str()),
    }
}

/// Of the task, and of its containers where these say more.
fn words(task: &Task) -> Vec<&'static str> {
    let containers = task.containers.iter().flatten();
    let reasons = containers.map(|it| it.0.reason.as_deref());
    let reasons = reasons.chain([task.stopped_reason.as_deref()]);
    let told: Vec<_> = reasons.flatten().filter_map(beginning).collect();
    let code = task.stop_code.as_deref();
    match (told.is_empty(), code) {
        (false, _) => told,
        (true, Some(code)) => {
            let known = CODES.into_iter().find(|it| *it == code);
            vec![known.unwrap_or(OTHER)]
        }
        (true, None) => vec![OTHER],
    }
}

fn beginning(reason: &str) -> Option<&'static str> {
    let known = BEGINNINGS.iter().find(|(it, _)| reason.starts_with(it));
    known.map(|(_, word)| *word)
}
