//! Answers of a real API server, version 1.36, read. No controller ran beside it: the statuses are
//! made up, and Deployments have no revision.

use passport_evidence::{Reason, Status};
use passport_kubernetes_api::LabelSelector;
use serde_json::Value;

use crate::cluster::{
    Kind,
    pod::Pod,
    rollout::{Phase, phase},
    workload::{ReplicaSet, Workload},
};

const FOLDER: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/src/connectors/kubernetes/testdata"
);

fn recorded(name: &str) -> Value {
    let text = std::fs::read_to_string(format!("{FOLDER}/{name}.json")).unwrap();
    let found: Value = serde_json::from_str(&text).unwrap();
    found["response"]["body"].clone()
}

fn deployment(name: &str) -> Workload {
    serde_json::from_value(recorded(name)).unwrap()
}

#[test]
fn deployments_are_as_far_as_they_say() {
    for (name, wanted) in [
        ("deployment-healthy", Phase::Complete),
        ("deployment-just-created", Phase::NotObserved),
        ("deployment-generation-ahead-of-status", Phase::NotObserved),
        ("scoped-token-reads-deployment", Phase::NotObserved),
        ("deployment-progress-deadline", Phase::DeadlineExceeded),
    ] {
        let found = phase(&deployment(name), Kind::Deployment);
        assert_eq!(found, wanted, "{name}");
    }
}

#[test]
fn the_selector_is_the_one_that_its_pods_were_listed_with() {
    let selector: &LabelSelector = &deployment("deployment-healthy").spec.selector;
    assert_eq!(selector.query().as_deref(), Some("app=checkout-api"));
}

#[test]
fn pods_are_of_a_replica_set_and_that_of_the_deployment() {
    let uid = deployment("deployment-healthy").metadata.uid;
    let sets = recorded("replicasets-by-label")["items"].clone();
    let sets: Vec<ReplicaSet> = serde_json::from_value(sets).unwrap();
    let [set] = sets.as_slice() else {
        panic!("{} ReplicaSets", sets.len());
    };
    assert!(set.metadata.is_of(&uid));
    assert_eq!(set.metadata.revision(), Some("1"));
    for (name, of_it) in [("pods-healthy", 3), ("pods-page-1", 3), ("pods-page-2", 0)] {
        let pods: Vec<Pod> = serde_json::from_value(recorded(name)["items"].clone()).unwrap();
        let of_set = pods
            .iter()
            .filter(|it| it.metadata.is_of(&set.metadata.uid));
        assert_eq!(of_set.count(), of_it, "{name}");
    }
}

#[test]
fn a_crash_loop_shows_in_health_and_restarts() {
    let listed = recorded("pods-one-crash-looping")["items"].clone();
    let pods: Vec<Pod> = serde_json::from_value(listed).unwrap();
    let last = pods.last().unwrap();
    let status = last.statuses_of("api").next().unwrap();
    let waits = status.state.waiting.as_ref().unwrap();
    assert_eq!(waits.reason.as_deref(), Some("CrashLoopBackOff"));
    assert_eq!(status.restart_count, 7);
    let found = super::world::facts_of(&deployment("deployment-progress-deadline"), pods);
    let named = |name: &str| found.iter().find(|it| it.name().as_str() == name).unwrap();
    assert_eq!(named("rollout_condition").status(), Status::Failed);
    assert_eq!(named("available_replicas").status(), Status::Failed);
    // Without the ReplicaSet that links them the pods are nobody's.
    assert_eq!(named("container_health").reason(), Some(Reason::NoData));
}
