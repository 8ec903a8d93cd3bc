//! A service and its tasks about which nothing is wrong, and the facts of such.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use passport_connector_sdk::{Object, settings::Span};
use passport_evidence::{Fact, Limits, Reason, Status, Subject, Threshold};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::oracle::{DIGEST, NOW};
use crate::connectors::ecs::{
    facts,
    model::{Objects, Service},
    scope::ScopeSettings,
    settings::Wanted,
    snapshot::{Found, Rollouts, Snapshot, Tasks},
};

/// How its tasks are rolled out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// By ECS itself.
    Ecs,
    /// By another.
    Another,
}

fn arn(resource: &str) -> String {
    format!("arn:aws:ecs:eu-west-1:111122223333:{resource}")
}

/// A task that runs the subject.
pub fn task(id: &str) -> Value {
    json!({
        "taskArn": arn(&format!("task/shop-prod/{id}")), "clusterArn": arn("cluster/shop-prod"),
        "group": "service:checkout-api", "lastStatus": "RUNNING", "desiredStatus": "RUNNING",
        "connectivity": "CONNECTED", "healthStatus": "HEALTHY", "startedAt": NOW - 7_200,
        "containers": [
            {"name": "api", "imageDigest": DIGEST, "lastStatus": "RUNNING"},
            {"name": "migrate", "lastStatus": "STOPPED", "exitCode": 0},
        ],
    })
}

fn stopped(id: &str, code: &str) -> Value {
    let mut task = task(id);
    task["lastStatus"] = json!("STOPPED");
    task["desiredStatus"] = json!("STOPPED");
    task["stoppedAt"] = json!(NOW - 600);
    task["stopCode"] = json!(code);
    task["stoppedReason"] = json!("Scaling activity initiated by deployment");
    task
}

/// A service, its rollouts and its tasks.
pub fn good(by: By) -> Value {
    let definition = arn("task-definition/checkout-api:42");
    let deployment = json!({
        "status": "PRIMARY", "taskDefinition": definition, "desiredCount": 2, "runningCount": 2,
        "pendingCount": 0, "rolloutState": "COMPLETED",
    });
    let set = json!({
        "status": "PRIMARY", "taskDefinition": definition, "runningCount": 2,
        "stabilityStatus": "STEADY_STATE", "scale": {"value": 100.0, "unit": "PERCENT"},
    });
    let mut service = json!({
        "status": "ACTIVE", "desiredCount": 2, "runningCount": 2,
        "events": [{"message": "(service checkout-api) has reached a steady state."}],
    });
    match by {
        By::Ecs => service["deployments"] = json!([deployment]),
        By::Another => {
            service["taskSets"] = json!([set]);
            service["deploymentController"] = json!({"type": "CODE_DEPLOY"});
        }
    }
    let rollout = |id: &str, ago: i64, status: &str| {
        json!({
            "serviceDeploymentArn": arn(&format!("service-deployment/shop-prod/checkout-api/{id}")),
            "serviceArn": arn("service/shop-prod/checkout-api"),
            "createdAt": NOW - ago, "status": status,
        })
    };
    json!({
        "service": service,
        "rollouts": [rollout("b", 3_600, "SUCCESSFUL"), rollout("a", 90_000, "ROLLBACK_SUCCESSFUL")],
        "running": [task("1"), task("2")],
        "stopped": [stopped("3", "ServiceSchedulerInitiated"), stopped("4", "UserInitiated")],
    })
}

fn scope() -> ScopeSettings {
    ScopeSettings {
        region: "eu-west-1".to_owned(),
        account_id: "111122223333".to_owned(),
        cluster: "shop-prod".to_owned(),
        service: "checkout-api".to_owned(),
    }
}

fn wanted() -> Wanted {
    let limit: Threshold = "<= 0".parse().unwrap();
    Wanted {
        scope: scope(),
        role: None,
        expected: Some(super::super::expected::Expected::plain("checkout-api:42")),
        container: Some("api".to_owned()),
        min_replicas: 1,
        min_available: None,
        allow_zero: false,
        restart_window: Span::of_seconds(3_600),
        restarts: Limits::from(limit),
    }
}

fn read<T: DeserializeOwned>(of: &Value, key: &str) -> Result<T, Reason> {
    let found = of.get(key).cloned().unwrap_or_default();
    serde_json::from_value(found).map_err(|_| Reason::UnexpectedShape)
}

fn tasks(of: &Value, key: &str, at: DateTime<Utc>) -> Result<Tasks, Reason> {
    let all: Objects<_> = read(of, key)?;
    let tasks = Tasks {
        all: all.into_iter().map(|Object(it)| it).collect(),
        are_all: true,
        observed_at: at,
    };
    // As many as are there when nothing was changed.
    let ids = BTreeMap::from([("running", ["1", "2"]), ("stopped", ["3", "4"])]);
    let arns = ids[key].map(|it| arn(&format!("task/shop-prod/{it}")));
    tasks.of_scope(&BTreeSet::from(arns), &scope())
}

/// The facts that pass.
pub fn passed(of: &Value) -> Vec<Fact> {
    let now = DateTime::from_timestamp(NOW, 0).unwrap();
    let Ok(Object(service)) = read::<Object<Service>>(of, "service") else {
        return Vec::new();
    };
    let rollouts = read(of, "rollouts").map(|all| Rollouts {
        all,
        ongoing: Vec::new(),
        has_more: false,
        observed_at: now,
    });
    let snapshot = Snapshot {
        service: Found::Service(Box::new(service)),
        observed_at: now,
        rollouts,
        running: tasks(of, "running", now),
        stopped: tasks(of, "stopped", now),
    };
    let subject = Subject {
        artifact_digests: vec![DIGEST.to_owned()],
        ..Subject::default()
    };
    let mut found = facts::of(&snapshot, &wanted(), Some(&subject), now);
    assert_eq!(found.len(), 7);
    found.retain(|it| it.status() == Status::Passed);
    found
}
