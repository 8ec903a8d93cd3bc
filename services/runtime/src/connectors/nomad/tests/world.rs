//! A job about which nothing is wrong, and the facts of such.

use chrono::{DateTime, Utc};
use passport_connector_sdk::Object;
use passport_evidence::{Fact, Reason, Status, Subject, Threshold};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::oracle::DIGEST;
use crate::connectors::nomad::{
    checks::{Checks, checks},
    client::Snapshot,
    facts,
    settings::Wanted,
};

/// 2026-05-03T08:00:00Z.
const BEFORE: i64 = 1_777_795_200_000_000_000;
/// 2026-05-03T09:30:00Z.
const NOW_SECONDS: i64 = 1_777_800_600;

fn allocation(id: &str, index: u32) -> Value {
    let task = |state: &str| {
        json!({
            "State": state, "Failed": false, "Restarts": 1,
            "LastRestart": "2026-04-30T08:00:00Z", "StartedAt": "2026-04-30T08:00:10Z",
            "Events": [{"Type": "Restarting", "Time": BEFORE}, {"Type": "Started", "Time": BEFORE}],
        })
    };
    json!({
        "ID": id, "Name": format!("checkout-api.web[{index}]"), "Namespace": "shop",
        "JobID": "checkout-api", "JobVersion": 12, "TaskGroup": "web",
        "DesiredStatus": "run", "ClientStatus": "running",
        "TaskStates": {"server": task("running"), "migrate": task("dead")},
        "DeploymentStatus": {"Healthy": true, "Timestamp": "2026-05-03T08:01:00Z"},
        "RescheduleTracker": {"Events": [{"RescheduleTime": BEFORE, "PrevAllocID": "p"}]},
    })
}

/// A deployment that went well.
fn deployment() -> Value {
    json!({
        "ID": "d-12", "Namespace": "shop", "JobID": "checkout-api", "JobVersion": 12,
        "JobCreateIndex": 81, "Status": "successful",
        "StatusDescription": "Deployment completed successfully",
        "TaskGroups": {"web": {
            "AutoPromote": false, "Promoted": true, "DesiredCanaries": 1, "DesiredTotal": 2,
            "HealthyAllocs": 2, "RequireProgressBy": "2026-05-03T09:40:00Z",
        }},
    })
}

/// A service of two allocations about which nothing is wrong.
pub fn good() -> Value {
    let image = format!("images.example/api@{DIGEST}");
    let mut former = deployment();
    former["ID"] = json!("d-11");
    former["JobVersion"] = json!(11);
    json!({
        "job": {
            "ID": "checkout-api", "Namespace": "shop", "Region": "eu", "Type": "service",
            "Status": "running", "Stop": false, "Version": 12, "CreateIndex": 81,
            "JobModifyIndex": 90, "Dispatched": false, "ParameterizedJob": null, "Periodic": null,
            "Update": {"HealthCheck": "checks"},
            "TaskGroups": [{
                "Name": "web", "Count": 2, "Update": null,
                "Services": [{"Provider": "nomad", "Checks": [{"Type": "http"}]}],
                "Tasks": [
                    {"Name": "server", "Leader": true, "Lifecycle": null, "Config": {"image": image}},
                    {"Name": "migrate", "Lifecycle": {"Hook": "prestart", "Sidecar": false}},
                ],
            }],
        },
        "deployment": deployment(),
        "deployments": [deployment(), former],
        "allocations": [allocation("a-0", 0), allocation("a-1", 1)],
        "summary": {
            "JobID": "checkout-api", "Namespace": "shop",
            "Summary": {"web": {"Queued": 0, "Failed": 0, "Running": 2, "Starting": 0, "Lost": 0}},
        },
        "evaluations": [],
        "checks": {"a-0": {"c-0": {
            "Group": "checkout-api.web[0]", "Mode": "healthiness", "Status": "success",
            "Timestamp": NOW_SECONDS - 10,
        }}},
    })
}

fn now() -> DateTime<Utc> {
    "2026-05-03T09:30:00Z".parse().unwrap()
}

fn read<T: DeserializeOwned>(found: &Value) -> Result<T, Reason> {
    serde_json::from_value(found.clone()).map_err(|_| Reason::UnexpectedShape)
}

fn list<T: DeserializeOwned>(found: &Value) -> Result<Vec<T>, Reason> {
    let objects: Vec<Object<T>> = read(found)?;
    Ok(objects.into_iter().map(|it| it.0).collect())
}

/// The checks of each allocation.
fn answered(found: &Value) -> Checks {
    let answers = found.as_object().into_iter().flatten();
    let answers = answers.map(|(id, it)| (id.clone(), checks(it.clone())));
    answers.collect()
}

fn wanted() -> Wanted {
    Wanted {
        groups: None,
        task: None,
        version: None,
        min_replicas: 1,
        min_available: None,
        require_deployment: true,
        max_health_age: serde_json::from_value(json!("24h")).unwrap(),
        restart_window: serde_json::from_value(json!("1h")).unwrap(),
        restarts: "<= 0".parse::<Threshold>().unwrap().into(),
    }
}

/// What passes of these answers.
pub fn passed(world: &Value) -> Vec<Fact> {
    let Ok(job) = read::<Object<_>>(&world["job"]) else {
        return Vec::new();
    };
    let deployment: Result<Option<Object<_>>, _> = read(&world["deployment"]);
    let summary: Result<Object<_>, _> = read(&world["summary"]);
    let snapshot = Snapshot {
        job: job.0,
        deployment: deployment.map(|it| it.map(|it| it.0)),
        deployments: list(&world["deployments"]),
        allocations: list(&world["allocations"]),
        checks: answered(&world["checks"]),
        summary: summary.map(|it| it.0),
        evaluations: list(&world["evaluations"]),
        observed_at: now(),
        is_stale: false,
        has_moved: false,
    };
    let subject = Subject {
        artifact_digests: vec![DIGEST.to_owned()],
        ..Subject::default()
    };
    let facts = facts::of(&snapshot, &wanted(), Some(&subject), now());
    let passed = facts.into_iter().filter(|it| it.status() == Status::Passed);
    passed.collect()
}
