//! How the containers of the newest pods are, after the page "Pod Lifecycle".

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use passport_evidence::{Fact, Meaning, Reason, StateTable};

use super::{
    CONTAINER_HEALTH,
    pod::{ContainerStatus, Pod, different},
};

/// How long a pod may take to become ready.
const GRACE: TimeDelta = TimeDelta::minutes(10);

/// Our own words, and the kubelet's reasons for waiting.
const STATES: StateTable = StateTable::new(&[
    ("ready", Meaning::Passed),
    ("starting", Meaning::Pending(Reason::InProgress)),
    ("unready", Meaning::Failed(Reason::BadState)),
    ("terminated", Meaning::Failed(Reason::BadState)),
    ("pod_failed", Meaning::Failed(Reason::BadState)),
    ("init_failed", Meaning::Failed(Reason::BadState)),
    ("node_lost", Meaning::Unknown(Reason::Stale)),
    ("ContainerCreating", Meaning::Pending(Reason::InProgress)),
    ("PodInitializing", Meaning::Pending(Reason::InProgress)),
    ("CrashLoopBackOff", Meaning::Failed(Reason::BadState)),
    ("ImagePullBackOff", Meaning::Failed(Reason::BadState)),
    ("ErrImagePull", Meaning::Failed(Reason::BadState)),
    ("ErrImageNeverPull", Meaning::Failed(Reason::BadState)),
    ("InvalidImageName", Meaning::Failed(Reason::BadState)),
    (
        "CreateContainerConfigError",
        Meaning::Failed(Reason::BadState),
    ),
    ("CreateContainerError", Meaning::Failed(Reason::BadState)),
    ("RunContainerError", Meaning::Failed(Reason::BadState)),
    ("StartError", Meaning::Failed(Reason::BadState)),
    ("PreCreateHookError", Meaning::Failed(Reason::BadState)),
    ("PostStartHookError", Meaning::Failed(Reason::BadState)),
]);

/// The fact: the worst container decides. Where fewer pods are there than the controller counts, that
/// proves no health.
pub fn fact(pods: &[&Pod], counted: usize, ignored: &BTreeSet<String>, now: DateTime<Utc>) -> Fact {
    let living = different(pods.iter().copied().filter(|it| !it.has_ended()));
    // A pod that ended is replaced by another: it counts where none did.
    let is_replaced = living > 0 && living >= counted;
    let looked_at = pods.iter().filter(|it| !(it.has_ended() && is_replaced));
    let parts: Vec<_> = looked_at.flat_map(|it| of_pod(it, ignored, now)).collect();
    let fact = Fact::fold(CONTAINER_HEALTH, &parts);
    match different(pods.iter().copied()) >= counted {
        true => fact,
        false => fact.doubt(Reason::Incomplete),
    }
}

/// Of pods that are to end: why their containers do not run, the worst. What runs, or has run, is no
/// sign of health.
pub fn waiting(pods: &[&Pod], ignored: &BTreeSet<String>) -> Fact {
    let living = pods.iter().filter(|it| !it.has_ended());
    let parts: Vec<_> = living.flat_map(|it| of_waiting(it, ignored)).collect();
    match parts.is_empty() {
        true => Fact::not_applicable(CONTAINER_HEALTH, Reason::Informational),
        false => Fact::fold(CONTAINER_HEALTH, &parts),
    }
}

fn of_waiting(pod: &Pod, ignored: &BTreeSet<String>) -> Vec<Fact> {
    let (phase, ready) = (pod.status.phase.as_deref(), pod.condition("Ready"));
    if phase == Some("Unknown") || ready == Some("Unknown") {
        return vec![state("node_lost")];
    }
    let lasting = pod.lasting().filter(|it| !ignored.contains(*it));
    let lasting = lasting.flat_map(|it| pod.statuses_of(it));
    let waiting = lasting.filter_map(|it| it.state.waiting.as_ref());
    let mut parts: Vec<_> = waiting.map(|it| waits(it.reason.as_deref())).collect();
    let initial = pod.initial().filter(|it| !ignored.contains(&it.name));
    parts.extend(initial.filter_map(of_initial));
    match phase {
        Some("Running") => {}
        Some("Pending") => parts.push(state("starting")),
        Some(_) => parts.push(unknown(Reason::UnrecognizedState)),
        None => parts.push(unknown(Reason::UnexpectedShape)),
    }
    parts
}

fn of_pod(pod: &Pod, ignored: &BTreeSet<String>, now: DateTime<Utc>) -> Vec<Fact> {
    match (pod.status.phase.as_deref(), pod.condition("Ready")) {
        (_, Some("Unknown")) | (Some("Unknown"), _) => vec![state("node_lost")],
        (Some("Failed" | "Succeeded"), _) => vec![state("pod_failed")],
        (Some(phase @ ("Pending" | "Running")), ready) => {
            let mut parts = of_containers(pod, ignored, now);
            parts.extend(of_readiness(pod, ready, ignored, now));
            parts.extend((phase == "Pending").then(|| state("starting")));
            parts
        }
        (Some(_), _) => vec![unknown(Reason::UnrecognizedState)],
        (None, _) => vec![unknown(Reason::UnexpectedShape)],
    }
}

fn of_containers(pod: &Pod, ignored: &BTreeSet<String>, now: DateTime<Utc>) -> Vec<Fact> {
    let mut parts = Vec::new();
    for name in pod.lasting().filter(|it| !ignored.contains(*it)) {
        let before = parts.len();
        parts.extend(pod.statuses_of(name).map(|it| of_container(pod, it, now)));
        // Without a status it was not started yet.
        parts.extend((parts.len() == before).then(|| state("starting")));
    }
    let initial = pod.initial().filter(|it| !ignored.contains(&it.name));
    parts.extend(initial.filter_map(of_initial));
    parts
}

/// A container that lasts.
fn of_container(pod: &Pod, status: &ContainerStatus, now: DateTime<Utc>) -> Fact {
    let found = &status.state;
    match (&found.running, &found.waiting, &found.terminated) {
        (Some(_), None, None) => match status.ready {
            Some(true) => state("ready"),
            Some(false) => not_ready(pod, now),
            None => unknown(Reason::UnexpectedShape),
        },
        (None, Some(waiting), None) => waits(waiting.reason.as_deref()),
        (None, None, Some(_)) => state("terminated"),
        (None, None, None) => unknown(Reason::UnexpectedShape),
        _ => unknown(Reason::Contradictory),
    }
}

/// A container that must end well before the others start.
fn of_initial(status: &ContainerStatus) -> Option<Fact> {
    let found = &status.state;
    match (&found.waiting, &found.terminated) {
        (_, Some(ended)) if ended.exit_code != 0 => Some(state("init_failed")),
        (None, Some(_)) => None,
        (Some(waiting), _) => Some(waits(waiting.reason.as_deref())),
        (None, None) => Some(state("starting")),
    }
}

/// The pod as a whole, which is ready no sooner than its readiness gates say. Where a container is
/// ignored that tells nothing: it is unready with it.
fn of_readiness(
    pod: &Pod,
    ready: Option<&str>,
    ignored: &BTreeSet<String>,
    now: DateTime<Utc>,
) -> Option<Fact> {
    if pod.lasting().any(|it| ignored.contains(it)) {
        return None;
    }
    match ready {
        Some("True") => None,
        Some("False") => Some(not_ready(pod, now)),
        Some(_) => Some(unknown(Reason::UnrecognizedState)),
        None => Some(unknown(Reason::NoData)),
    }
}

fn not_ready(pod: &Pod, now: DateTime<Utc>) -> Fact {
    let since = pod.status.start_time.or(pod.metadata.creation_timestamp);
    match since {
        Some(since) if now.signed_duration_since(since) < GRACE => state("starting"),
        Some(_) | None => state("unready"),
    }
}

/// Only a reason that is known is shown.
fn waits(reason: Option<&str>) -> Fact {
    let Some(reason) = reason else {
        return unknown(Reason::NoData);
    };
    match STATES.meaning(reason) {
        Meaning::Failed(_) | Meaning::Pending(_) => state(reason),
        Meaning::Passed | Meaning::Warning(_) | Meaning::Unknown(_) | Meaning::NotApplicable(_) => {
            unknown(Reason::UnrecognizedState)
        }
    }
}

fn state(word: &str) -> Fact {
    Fact::state(CONTAINER_HEALTH, word, &STATES)
}

fn unknown(reason: Reason) -> Fact {
    Fact::unknown(CONTAINER_HEALTH, reason)
}
