//! What is in a cluster in the tests: specifications as people write them, and statuses as controllers do.

use anyhow::{Context, Result};
use chrono::Utc;
use serde_json::{Value, json};

use super::Cluster;

/// The digest that is released.
pub const DIGEST: &str = "sha256:4444444444444444444444444444444444444444444444444444444444444444";
/// The commit that is released.
pub const COMMIT: &str = "4f1c2e9a7b6d5c4e3f2a1b0c9d8e7f6a5b4c3d2e";
/// The namespace of the service.
pub const SHOP: &str = "shop";

const REVISION: &str = "deployment.kubernetes.io/revision";
const SET: &str = "checkout-api-7c9f6d5b44";
const HASH: &str = "rollouts-pod-template-hash";

pub(super) fn now() -> String {
    Utc::now().format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

pub(super) fn template(labels: &Value) -> Value {
    json!({
        "metadata": {"labels": labels},
        "spec": {"containers": [{"name": "api", "image": format!("images.example/api@{DIGEST}")}]},
    })
}

/// A Deployment of two.
#[must_use]
pub fn deployment(name: &str) -> Value {
    let labels = json!({"app": name});
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": name, "namespace": SHOP, "annotations": {REVISION: "3"}},
        "spec": {
            "replicas": 2, "selector": {"matchLabels": labels}, "template": template(&labels),
            "progressDeadlineSeconds": 600,
        },
    })
}

/// The status of a Deployment of two: how far its rollout is.
#[must_use]
pub fn deployed(updated: u32, progressing: (&str, &str)) -> Value {
    let condition = |kind: &str, status: &str, reason: &str| {
        json!({
            "type": kind, "status": status, "reason": reason, "message": "as the test says",
            "lastUpdateTime": now(), "lastTransitionTime": now(),
        })
    };
    json!({
        "observedGeneration": 1, "replicas": 2, "updatedReplicas": updated, "readyReplicas": 2,
        "availableReplicas": 2,
        "conditions": [
            condition("Available", "True", "MinimumReplicasAvailable"),
            condition("Progressing", progressing.0, progressing.1),
        ],
    })
}

/// The status of a Deployment that is done.
#[must_use]
pub fn complete() -> Value {
    deployed(2, ("True", "NewReplicaSetAvailable"))
}

/// The status of a Deployment that is under way.
#[must_use]
pub fn progressing() -> Value {
    deployed(1, ("True", "ReplicaSetUpdated"))
}

/// The status of a Deployment that did not get on.
#[must_use]
pub fn failed() -> Value {
    deployed(1, ("False", "ProgressDeadlineExceeded"))
}

pub(super) fn owned(kind: &str, version: &str, name: &str, uid: &Value) -> Value {
    json!([{
        "apiVersion": version, "kind": kind, "name": name, "uid": uid, "controller": true,
        "blockOwnerDeletion": true,
    }])
}

pub(super) fn pod(name: &str, labels: &Value, owners: &Value) -> Value {
    let mut pod = template(labels);
    pod["apiVersion"] = json!("v1");
    pod["kind"] = json!("Pod");
    pod["metadata"]["name"] = json!(name);
    pod["metadata"]["namespace"] = json!(SHOP);
    pod["metadata"]["ownerReferences"] = owners.clone();
    pod
}

pub(super) fn running() -> Value {
    json!({
        "phase": "Running", "startTime": now(),
        "conditions": [{"type": "Ready", "status": "True"}],
        "containerStatuses": [{
            "name": "api", "ready": true, "started": true, "restartCount": 0,
            "image": "images.example/api", "imageID": format!("images.example/api@{DIGEST}"),
            "state": {"running": {"startedAt": now()}},
        }],
    })
}

/// A service as a Deployment, with all that is beside it: its ReplicaSet, two pods, an autoscaler, a budget and a
/// secret.
///
/// # Errors
/// It could not be applied.
pub fn workload(cluster: &Cluster, status: &Value) -> Result<()> {
    let name = "checkout-api";
    cluster.apply(&[deployment(name)])?;
    let uid = uid(cluster, SHOP, "deployments/checkout-api")?;
    let labels = json!({"app": name, "pod-template-hash": "7c9f6d5b44"});
    cluster.apply(&[
        json!({
            "apiVersion": "apps/v1", "kind": "ReplicaSet",
            "metadata": {
                "name": SET, "namespace": SHOP, "labels": labels, "annotations": {REVISION: "3"},
                "ownerReferences": owned("Deployment", "apps/v1", name, &uid),
            },
            "spec": {"replicas": 2, "selector": {"matchLabels": labels}, "template": template(&labels)},
        }),
        json!({
            "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
            "metadata": {"name": name, "namespace": SHOP},
            "spec": {
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
                "minReplicas": 2, "maxReplicas": 5,
            },
        }),
        json!({
            "apiVersion": "policy/v1", "kind": "PodDisruptionBudget",
            "metadata": {"name": name, "namespace": SHOP},
            "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": name}}},
        }),
        json!({
            "apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": SHOP},
            "stringData": {"password": "a-secret-of-the-cluster"},
        }),
    ])?;
    let set = self::uid(cluster, SHOP, &format!("replicasets/{SET}"))?;
    for suffix in ["x2k9q", "zz7fw"] {
        let name = format!("{SET}-{suffix}");
        cluster.apply(&[pod(
            &name,
            &labels,
            &owned("ReplicaSet", "apps/v1", SET, &set),
        )])?;
        cluster.report(SHOP, &format!("pods/{name}"), &running())?;
    }
    cluster.report(SHOP, "deployments/checkout-api", status)
}

/// A Rollout with its analysis run and a pod.
///
/// # Errors
/// It could not be applied.
pub fn rollout(cluster: &Cluster) -> Result<()> {
    let (name, hash) = ("checkout-api", "6c9f7d5b8");
    let labels = json!({"app": name});
    cluster.apply(&[json!({
        "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout",
        "metadata": {
            "name": name, "namespace": SHOP, "annotations": {"rollout.argoproj.io/revision": "2"},
        },
        "spec": {
            "replicas": 1, "selector": {"matchLabels": labels}, "template": template(&labels),
            "strategy": {"canary": {"steps": [
                {"setWeight": 20}, {"analysis": {"templates": [{"templateName": "error-rate"}]}},
            ]}},
        },
    })])?;
    let uid = uid(cluster, SHOP, "rollouts/checkout-api")?;
    let run = "checkout-api-6c9f7d5b8-2";
    let labels = json!({"app": name, HASH: hash});
    cluster.apply(&[
        json!({
            "apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisRun",
            "metadata": {
                "name": run, "namespace": SHOP,
                "labels": {HASH: hash, "rollout-type": "Step", "step-index": "1"},
                "annotations": {"rollout.argoproj.io/revision": "2"},
                "ownerReferences": owned("Rollout", "argoproj.io/v1alpha1", name, &uid),
            },
            "spec": {"metrics": [{"name": "error-rate", "provider": {}}]},
        }),
        pod(
            "checkout-api-6c9f7d5b8-x2k9q",
            &labels,
            &owned(
                "ReplicaSet",
                "apps/v1",
                "checkout-api-6c9f7d5b8",
                &json!("u"),
            ),
        ),
    ])?;
    cluster.report(SHOP, "pods/checkout-api-6c9f7d5b8-x2k9q", &running())?;
    let measured =
        json!({"phase": "Successful", "value": "0.01", "startedAt": now(), "finishedAt": now()});
    let result = json!({"name": "error-rate", "phase": "Successful", "successful": 1, "measurements": [measured]});
    let ended = json!({"phase": "Successful", "metricResults": [result]});
    cluster.report(SHOP, &format!("analysisruns/{run}"), &ended)?;
    let progressing = json!({
        "type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable",
        "message": "as the test says", "lastTransitionTime": now(), "lastUpdateTime": now(),
    });
    let healthy = json!({
        "phase": "Healthy", "observedGeneration": "1", "currentPodHash": hash, "stableRS": hash,
        "replicas": 1, "updatedReplicas": 1, "readyReplicas": 1, "availableReplicas": 1,
        "currentStepIndex": 2, "conditions": [progressing],
    });
    cluster.report(SHOP, "rollouts/checkout-api", &healthy)
}

/// A Canary that succeeded, with what it is about and what serves.
///
/// # Errors
/// It could not be applied.
pub fn canary(cluster: &Cluster) -> Result<()> {
    cluster.apply(&[
        json!({
            "apiVersion": "flagger.app/v1beta1", "kind": "Canary",
            "metadata": {"name": "checkout-api", "namespace": SHOP},
            "spec": {
                "targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "checkout-api"},
                "service": {"port": 80},
                "analysis": {
                    "interval": "1m", "threshold": 5, "iterations": 2,
                    "metrics": [{"name": "request-success-rate", "thresholdRange": {"min": 99}, "interval": "1m"}],
                },
            },
        }),
        deployment("checkout-api"),
        deployment("checkout-api-primary"),
    ])?;
    for name in ["checkout-api", "checkout-api-primary"] {
        cluster.report(SHOP, &format!("deployments/{name}"), &complete())?;
    }
    let succeeded = json!({
        "phase": "Succeeded", "canaryWeight": 0, "failedChecks": 0, "iterations": 0,
        "lastAppliedSpec": "78cdc7b5f8", "lastPromotedSpec": "78cdc7b5f8", "lastTransitionTime": now(),
    });
    cluster.report(SHOP, "canaries/checkout-api", &succeeded)
}

pub(super) fn uid(cluster: &Cluster, namespace: &str, object: &str) -> Result<Value> {
    let found = cluster.get(namespace, object)?;
    let uid = found.pointer("/metadata/uid").cloned();
    uid.context("an object without uid")
}
