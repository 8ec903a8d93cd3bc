//! How the tasks are that shall run, after the pages "Task" of the API reference and "Amazon ECS task
//! lifecycle".

use chrono::{DateTime, TimeDelta, Utc};
use passport_evidence::{Fact, Meaning, Reason, StateTable};

use super::{CONTAINER_HEALTH, complete};
use crate::connectors::ecs::{
    model::{Service, Task},
    snapshot::Tasks,
};

/// How long the first check of a container's health may take.
const GRACE: TimeDelta = TimeDelta::minutes(2);

const STATES: StateTable = StateTable::new(&[
    ("HEALTHY", Meaning::Passed),
    ("UNHEALTHY", Meaning::Failed(Reason::BadState)),
    ("UNKNOWN", Meaning::Unknown(Reason::NoData)),
    ("starting", Meaning::Pending(Reason::InProgress)),
    ("stopping", Meaning::Pending(Reason::InProgress)),
    ("DISCONNECTED", Meaning::Unknown(Reason::Stale)),
]);

/// The fact: the worst task decides.
pub fn fact(tasks: Result<&Tasks, Reason>, service: &Service, now: DateTime<Utc>) -> Fact {
    let tasks = match tasks {
        Ok(tasks) => tasks,
        Err(reason) => return unknown(reason),
    };
    let staying = tasks.all.iter();
    let staying = staying.filter(|it| it.desired_status.as_deref() != Some("STOPPED"));
    let parts: Vec<_> = staying.map(|it| of_task(it, now)).collect();
    complete(Fact::fold(CONTAINER_HEALTH, &parts), tasks, service)
}

fn of_task(task: &Task, now: DateTime<Utc>) -> Fact {
    match (task.desired_status.as_deref(), task.last_status.as_deref()) {
        (None, _) | (_, None) => unknown(Reason::UnexpectedShape),
        (Some("RUNNING"), Some("RUNNING")) => of_running(task, now),
        (Some("RUNNING"), Some("PROVISIONING" | "PENDING" | "ACTIVATING")) => state("starting"),
        (
            Some("RUNNING"),
            Some("DEACTIVATING" | "STOPPING" | "DEPROVISIONING" | "STOPPED" | "DELETED"),
        ) => state("stopping"),
        (Some(_), Some(_)) => unknown(Reason::UnrecognizedState),
    }
}

fn of_running(task: &Task, now: DateTime<Utc>) -> Fact {
    match task.connectivity.as_deref() {
        Some("CONNECTED") => {}
        // What it last said of its containers may be long ago.
        Some("DISCONNECTED") => return state("DISCONNECTED"),
        Some(_) => return unknown(Reason::UnrecognizedState),
        None => return unknown(Reason::NoData),
    }
    match task.health_status.as_deref() {
        Some(word @ ("HEALTHY" | "UNHEALTHY")) => state(word),
        Some("UNKNOWN") => {
            let age = task.started_at.map(|it| now.signed_duration_since(it.0));
            match age.is_some_and(|it| it < GRACE) {
                true => state("starting"),
                // None of its containers has a check of its health.
                false => state("UNKNOWN"),
            }
        }
        Some(_) => unknown(Reason::UnrecognizedState),
        None => unknown(Reason::NoData),
    }
}

fn state(word: &str) -> Fact {
    Fact::state(CONTAINER_HEALTH, word, &STATES)
}

fn unknown(reason: Reason) -> Fact {
    Fact::unknown(CONTAINER_HEALTH, reason)
}
