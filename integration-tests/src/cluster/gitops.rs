//! What Flux and Argo CD leave in a cluster: specifications as people write them, and statuses as controllers do.

use anyhow::Result;
use serde_json::{Value, json};

use super::Cluster;
use super::objects::{COMMIT, DIGEST, SHOP, now};

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
