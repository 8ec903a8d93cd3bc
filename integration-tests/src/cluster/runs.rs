//! Jobs and CronJobs in the tests: what ran to its end.

use anyhow::Result;
use serde_json::{Value, json};

use super::{
    Cluster,
    objects::{SHOP, now, owned, pod, running, template, uid},
};

/// A Job that ran to its end, with its pod.
///
/// # Errors
/// It could not be applied.
pub fn job(cluster: &Cluster) -> Result<()> {
    ran(cluster, "migrate-db", None)
}

/// A CronJob with the one Job that it made, which ran to its end.
///
/// # Errors
/// It could not be applied.
pub fn cron_job(cluster: &Cluster) -> Result<()> {
    let name = "nightly-report";
    let pods = ending(&json!({"app": name}));
    cluster.apply(&[json!({
        "apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": name, "namespace": SHOP},
        "spec": {"schedule": "10 9 * * *", "jobTemplate": {"spec": {"template": pods}}},
    })])?;
    let uid = uid(cluster, SHOP, "cronjobs/nightly-report")?;
    let made = now();
    let owners = owned("CronJob", "batch/v1", name, &uid);
    ran(cluster, "nightly-report-29", Some(owners))?;
    let succeeded = json!({"lastScheduleTime": made, "lastSuccessfulTime": now()});
    cluster.report(SHOP, "cronjobs/nightly-report", &succeeded)
}

/// What pods are made from that end.
fn ending(labels: &Value) -> Value {
    let mut pods = template(labels);
    pods["spec"]["restartPolicy"] = json!("Never");
    pods
}

fn ran(cluster: &Cluster, name: &str, owners: Option<Value>) -> Result<()> {
    let labels = json!({"batch.kubernetes.io/job-name": name});
    let mut job = json!({
        "apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name, "namespace": SHOP},
        // A real server fills the selector in; this one is told it.
        "spec": {
            "completions": 1, "parallelism": 1, "selector": {"matchLabels": labels},
            "template": ending(&labels),
        },
    });
    if let Some(owners) = owners {
        job["metadata"]["ownerReferences"] = owners;
    }
    cluster.apply(&[job])?;
    let uid = uid(cluster, SHOP, &format!("jobs/{name}"))?;
    let of_job = format!("{name}-x2k9q");
    cluster.apply(&[pod(&of_job, &labels, &owned("Job", "batch/v1", name, &uid))])?;
    let mut ended = running();
    ended["phase"] = json!("Succeeded");
    let how = json!({
        "exitCode": 0, "reason": "Completed", "startedAt": now(), "finishedAt": now(),
    });
    ended["containerStatuses"][0]["state"] = json!({"terminated": how});
    ended["containerStatuses"][0]["ready"] = json!(false);
    cluster.report(SHOP, &format!("pods/{of_job}"), &ended)?;
    let complete = json!({
        "startTime": now(), "completionTime": now(), "succeeded": 1,
        "conditions": [{"type": "Complete", "status": "True", "lastTransitionTime": now()}],
    });
    cluster.report(SHOP, &format!("jobs/{name}"), &complete)
}
