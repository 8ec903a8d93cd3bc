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

/// A Kustomization that was applied at a commit.
///
/// # Errors
/// It could not be applied.
pub fn kustomization(cluster: &Cluster) -> Result<()> {
    cluster.apply(&[json!({
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization",
        "metadata": {"name": "checkout-api", "namespace": "flux-system"},
        "spec": {
            "interval": "5m", "path": "./checkout-api", "prune": true,
            "sourceRef": {"kind": "GitRepository", "name": "deploy"},
        },
    })])?;
    let revision = format!("main@sha1:{COMMIT}");
    let ready = json!({
        "observedGeneration": 1,
        "conditions": [{
            "type": "Ready", "status": "True", "reason": "ReconciliationSucceeded",
            "message": "as the test says", "observedGeneration": 1, "lastTransitionTime": now(),
        }],
        "lastAppliedRevision": revision, "lastAttemptedRevision": revision,
    });
    cluster.report("flux-system", "kustomizations/checkout-api", &ready)
}

/// An Application that is synced at a commit.
///
/// # Errors
/// It could not be applied.
pub fn application(cluster: &Cluster) -> Result<()> {
    let source = json!({
        "repoURL": "https://git.example.com/acme/deploy.git", "path": "checkout-api",
        "targetRevision": "main",
    });
    let destination = json!({"server": "https://kubernetes.default.svc", "namespace": SHOP});
    cluster.apply(&[json!({
        "apiVersion": "argoproj.io/v1alpha1", "kind": "Application",
        "metadata": {"name": "checkout-api-prod", "namespace": "argocd"},
        "spec": {"project": "shop", "destination": destination, "source": source},
    })])?;
    let history = |id: u32, revision: &str| json!({"id": id, "revision": revision, "deployedAt": now(), "source": source});
    let operation = json!({
        "operation": {"sync": {"revision": COMMIT}}, "phase": "Succeeded", "startedAt": now(),
        "finishedAt": now(), "syncResult": {"revision": COMMIT, "source": source},
    });
    let synced = json!({
        "sync": {
            "status": "Synced", "revision": COMMIT,
            "comparedTo": {"destination": destination, "source": source},
        },
        "health": {"status": "Healthy"}, "reconciledAt": now(), "sourceType": "Kustomize",
        "summary": {"images": [format!("images.example/api@{DIGEST}")]},
        "history": [history(40, "0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d4e3f2a1b"), history(41, COMMIT)],
        "operationState": operation,
    });
    // An Application has no part of its own for its status.
    cluster.patch(
        "argocd",
        "applications/checkout-api-prod",
        &json!({"status": synced}),
    )
}

/// A condition of an object of Flux, about what it is now.
fn condition(kind: &str, is_true: bool, reason: &str) -> Value {
    json!({
        "type": kind, "status": if is_true { "True" } else { "False" }, "reason": reason,
        "message": "as the test says", "observedGeneration": 1, "lastTransitionTime": now(),
    })
}

/// A HelmRelease of this version of its chart, tested and without drift.
///
/// # Errors
/// It could not be applied.
pub fn helm_release(cluster: &Cluster, version: &str) -> Result<()> {
    let chart = json!({
        "chart": "web", "version": version, "sourceRef": {"kind": "HelmRepository", "name": "charts"},
    });
    cluster.apply(&[json!({
        "apiVersion": "helm.toolkit.fluxcd.io/v2", "kind": "HelmRelease",
        "metadata": {"name": "checkout-api", "namespace": SHOP},
        "spec": {"interval": "10m", "chart": {"spec": chart}},
    })])?;
    let release = |number: u32, version: &str, status: &str| {
        json!({
            "name": "checkout-api", "namespace": SHOP, "chartName": "web", "chartVersion": version,
            "status": status, "version": number, "firstDeployed": now(), "lastDeployed": now(),
            "configDigest": DIGEST, "digest": DIGEST,
        })
    };
    let status = json!({
        "observedGeneration": 1, "storageNamespace": SHOP,
        "lastAttemptedRevision": version, "lastAttemptedGeneration": 1,
        "conditions": [
            condition("Ready", true, "UpgradeSucceeded"),
            condition("Released", true, "UpgradeSucceeded"),
            condition("TestSuccess", true, "TestSucceeded"),
            condition("Drifted", false, "NoDriftDetected"),
        ],
        "history": [release(2, version, "deployed"), release(1, "0.0.1", "superseded")],
    });
    cluster.report(SHOP, "helmreleases/checkout-api", &status)
}

/// A GitRepository that was fetched.
///
/// # Errors
/// It could not be applied.
pub fn git_repository(cluster: &Cluster) -> Result<()> {
    cluster.apply(&[json!({
        "apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "GitRepository",
        "metadata": {"name": "deploy", "namespace": "flux-system"},
        "spec": {"interval": "1m", "url": "https://git.example.com/acme/deploy.git"},
    })])?;
    let status = json!({
        "observedGeneration": 1, "conditions": [condition("Ready", true, "Succeeded")],
        "artifact": {
            "digest": DIGEST, "lastUpdateTime": now(), "path": "gitrepository/deploy.tar.gz",
            "revision": format!("main@sha1:{COMMIT}"), "url": "http://source-controller/deploy.tar.gz",
        },
    });
    cluster.report("flux-system", "gitrepositories/deploy", &status)
}

/// An Application of a repository, a chart and values from another repository, synced at these revisions.
///
/// # Errors
/// It could not be applied.
pub fn application_of_several(cluster: &Cluster, revisions: &[&str; 3]) -> Result<()> {
    let sources = json!([
        {
            "repoURL": "https://git.example.com/acme/deploy.git", "path": "checkout-api",
            "targetRevision": "main",
        },
        {"repoURL": "https://charts.example.com", "chart": "web", "targetRevision": "1.8.2"},
        {
            "repoURL": "https://git.example.com/acme/values.git", "targetRevision": "main",
            "ref": "values",
        },
    ]);
    let destination = json!({"server": "https://kubernetes.default.svc", "namespace": SHOP});
    cluster.apply(&[json!({
        "apiVersion": "argoproj.io/v1alpha1", "kind": "Application",
        "metadata": {"name": "checkout-api-prod", "namespace": "argocd"},
        "spec": {"project": "shop", "destination": destination, "sources": sources},
    })])?;
    // Argo CD writes the fields of a single source empty beside those of several.
    let synced = json!({
        "revision": "", "source": {"repoURL": ""}, "revisions": revisions, "sources": sources,
    });
    let entry = |id: u32, revisions: &[&str; 3]| json!({"id": id, "revisions": revisions, "deployedAt": now(), "sources": sources});
    let before = [
        "0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d4e3f2a1b",
        "1.8.1",
        revisions[2],
    ];
    let status = json!({
        "sync": {
            "status": "Synced", "revisions": revisions,
            "comparedTo": {"destination": destination, "sources": sources},
        },
        "health": {"status": "Healthy"}, "reconciledAt": now(),
        "summary": {"images": [format!("images.example/api@{DIGEST}")]},
        "history": [entry(40, &before), entry(41, revisions)],
        "operationState": {
            "operation": {"sync": {"revisions": revisions}}, "phase": "Succeeded",
            "startedAt": now(), "finishedAt": now(), "syncResult": synced,
        },
    });
    cluster.patch(
        "argocd",
        "applications/checkout-api-prod",
        &json!({"status": status}),
    )
}

pub(super) fn uid(cluster: &Cluster, namespace: &str, object: &str) -> Result<Value> {
    let found = cluster.get(namespace, object)?;
    let uid = found.pointer("/metadata/uid").cloned();
    uid.context("an object without uid")
}
