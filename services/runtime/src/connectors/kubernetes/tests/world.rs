//! A workload and its pods about which nothing is wrong, and the facts of such.

use chrono::{DateTime, Utc};
use passport_evidence::{Fact, Reason, Status, Subject, Threshold};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::oracle::DIGEST;
use crate::{
    cluster::{Kind, Snapshot, available::Least, pod::Pod, workload::Workload},
    connectors::kubernetes::{client::Pods, facts, scope, settings::Wanted},
};

const REVISION: &str = "deployment.kubernetes.io/revision";

/// A container that runs the subject and was restarted long ago.
pub fn container() -> Value {
    json!({
        "name": "api", "ready": true, "restartCount": 2, "imageID": format!("repo@{DIGEST}"),
        "state": {"running": {"startedAt": "2026-05-03T07:00:00Z"}},
        "lastState": {"terminated": {"exitCode": 1, "finishedAt": "2026-05-03T07:00:00Z"}},
    })
}

fn pod(name: &str, owner: &str) -> Value {
    json!({
        "metadata": {
            "namespace": "shop", "uid": name, "labels": {"controller-revision-hash": "r2"},
            "ownerReferences": [{"uid": owner, "controller": true}],
        },
        "spec": {"containers": [{"name": "api"}]},
        "status": {
            "phase": "Running", "startTime": "2026-05-03T06:00:00Z",
            "conditions": [{"type": "Ready", "status": "True"}],
            "containerStatuses": [container()],
        },
    })
}

/// A workload of two pods about which nothing is wrong.
pub fn good(kind: Kind) -> Value {
    let owner = match kind {
        Kind::Deployment => "uid-r12",
        Kind::StatefulSet | Kind::DaemonSet => "uid-w",
    };
    let set = |uid: &str, revision: &str| {
        json!({"metadata": {
            "namespace": "shop", "uid": uid, "annotations": {REVISION: revision},
            "ownerReferences": [{"uid": "uid-w", "controller": true}],
        }})
    };
    json!({
        "workload": {
            "metadata": {
                "namespace": "shop", "uid": "uid-w", "generation": 7,
                "annotations": {REVISION: "12"},
            },
            "spec": {
                "replicas": 2, "progressDeadlineSeconds": 600,
                "selector": {"matchLabels": {"app": "checkout-api"}},
                "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}},
                "template": {"spec": {"containers": [{"name": "api"}]}},
            },
            "status": {
                "observedGeneration": 7,
                "replicas": 2, "updatedReplicas": 2, "availableReplicas": 2,
                "desiredNumberScheduled": 2, "currentNumberScheduled": 2,
                "updatedNumberScheduled": 2, "numberAvailable": 2,
                "currentRevision": "r2", "updateRevision": "r2",
                "conditions": [
                    {"type": "Available", "status": "True", "reason": "MinimumReplicasAvailable"},
                    {"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable"},
                ],
            },
        },
        "sets": [set("uid-r12", "12"), set("uid-r11", "11")],
        "pods": [pod("pod-1", owner), pod("pod-2", owner)],
    })
}

/// When it is.
pub fn now() -> DateTime<Utc> {
    "2026-05-03T09:30:00Z".parse().unwrap()
}

fn read<T: DeserializeOwned>(found: &Value) -> Option<T> {
    serde_json::from_value(found.clone()).ok()
}

fn named(kind: Kind) -> scope::Kind {
    match kind {
        Kind::Deployment => scope::Kind::Deployment,
        Kind::StatefulSet => scope::Kind::StatefulSet,
        Kind::DaemonSet => scope::Kind::DaemonSet,
    }
}

/// A source of the kind.
pub fn wanted(kind: scope::Kind) -> Wanted {
    let kind = json!({"namespace": "shop", "kind": kind.as_str(), "name": "checkout-api"});
    Wanted {
        scope: serde_json::from_value(kind).unwrap(),
        container: Some("api".to_owned()),
        ignored: Default::default(),
        least: Least {
            replicas: 1,
            available: None,
            allows_none: false,
        },
        restart_window: serde_json::from_value(json!("1h")).unwrap(),
        restarts: "<= 0".parse::<Threshold>().unwrap().into(),
        page_size: 100,
        beside: Default::default(),
    }
}

/// What is released.
pub fn subject() -> Subject {
    Subject {
        revision: None,
        version: None,
        artifact_digests: vec![DIGEST.to_owned()],
    }
}

/// The facts of a Deployment, with these pods and no ReplicaSet.
pub fn facts_of(workload: &Workload, all: Vec<Pod>) -> Vec<Fact> {
    let snapshot = Snapshot {
        object: workload.clone(),
        observed_at: now(),
        parts: Ok(Pods {
            all,
            replica_sets: Vec::new(),
            observed_at: now(),
        }),
        has_moved: false,
    };
    let wanted = wanted(scope::Kind::Deployment);
    facts::of(
        &snapshot,
        &wanted,
        Kind::Deployment,
        Some(&subject()),
        now(),
    )
}

/// What passes of these objects.
pub fn passed(world: &Value, kind: Kind) -> Vec<Fact> {
    let Some(workload) = read(&world["workload"]) else {
        return Vec::new();
    };
    let pods = read(&world["pods"]).zip(read(&world["sets"]));
    let pods = pods.map(|(all, replica_sets)| Pods {
        all,
        replica_sets,
        observed_at: now(),
    });
    let snapshot = Snapshot {
        object: workload,
        observed_at: now(),
        parts: pods.ok_or(Reason::UnexpectedShape),
        has_moved: false,
    };
    let facts = facts::of(
        &snapshot,
        &wanted(named(kind)),
        kind,
        Some(&subject()),
        now(),
    );
    let passed = facts.into_iter().filter(|it| it.status() == Status::Passed);
    passed.collect()
}
