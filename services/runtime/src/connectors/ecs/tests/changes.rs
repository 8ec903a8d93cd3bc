//! Changes of good answers.

use passport_testkit::change::Change;
use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

use super::{
    oracle::{DIGEST, NOW},
    world::task,
};

const OTHER: &str = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

/// What is read, and some of what is not.
const POINTERS: [&str; 64] = [
    "/service/status",
    "/service/desiredCount",
    "/service/runningCount",
    "/service/pendingCount",
    "/service/deploymentController",
    "/service/deploymentController/type",
    "/service/deployments",
    "/service/deployments/0",
    "/service/deployments/0/status",
    "/service/deployments/0/taskDefinition",
    "/service/deployments/0/desiredCount",
    "/service/deployments/0/runningCount",
    "/service/deployments/0/pendingCount",
    "/service/deployments/0/rolloutState",
    "/service/deployments/1/status",
    "/service/deployments/1/runningCount",
    "/service/taskSets",
    "/service/taskSets/0/status",
    "/service/taskSets/0/taskDefinition",
    "/service/taskSets/0/runningCount",
    "/service/taskSets/0/stabilityStatus",
    "/service/taskSets/0/scale",
    "/service/taskSets/0/scale/value",
    "/service/taskSets/0/scale/unit",
    "/service/taskSets/1/status",
    "/service/events",
    "/service/events/0",
    "/service/events/0/message",
    "/rollouts",
    "/rollouts/0",
    "/rollouts/0/status",
    "/rollouts/0/createdAt",
    "/rollouts/0/serviceArn",
    "/rollouts/1/status",
    "/rollouts/1/createdAt",
    "/running",
    "/running/0",
    "/running/1",
    "/running/0/taskArn",
    "/running/0/clusterArn",
    "/running/0/group",
    "/running/0/lastStatus",
    "/running/0/desiredStatus",
    "/running/0/connectivity",
    "/running/0/healthStatus",
    "/running/0/startedAt",
    "/running/0/containers",
    "/running/0/containers/0",
    "/running/0/containers/0/name",
    "/running/0/containers/0/imageDigest",
    "/running/0/containers/0/exitCode",
    "/running/0/containers/0/lastStatus",
    "/running/0/containers/1",
    "/running/1/containers/0/exitCode",
    "/running/1/containers/0/lastStatus",
    "/running/1/healthStatus",
    "/stopped",
    "/stopped/0",
    "/stopped/0/stopCode",
    "/stopped/0/stoppedAt",
    "/stopped/0/stoppedReason",
    "/stopped/0/containers/0/reason",
    "/stopped/1/stopCode",
    "/stopped/1/taskArn",
];

const WORDS: [&str; 44] = [
    "",
    "ACTIVE",
    "PRIMARY",
    "INACTIVE",
    "DRAINING",
    "COMPLETED",
    "completed",
    "FAILED",
    "IN_PROGRESS",
    "PENDING",
    "SUCCESSFUL",
    "STOPPED",
    "STOP_REQUESTED",
    "ROLLBACK_REQUESTED",
    "ROLLBACK_IN_PROGRESS",
    "ROLLBACK_SUCCESSFUL",
    "ROLLBACK_FAILED",
    "STEADY_STATE",
    "STABILIZING",
    "PERCENT",
    "ECS",
    "CODE_DEPLOY",
    "EXTERNAL",
    "RUNNING",
    "STOPPING",
    "PROVISIONING",
    "CONNECTED",
    "DISCONNECTED",
    "HEALTHY",
    "UNHEALTHY",
    "UNKNOWN",
    "TaskFailedToStart",
    "EssentialContainerExited",
    "ServiceSchedulerInitiated",
    "SpotInterruption",
    "Task failed ELB health checks in x",
    "Task failed container health checks",
    "(deployment 1) deployment failed: tasks failed to start.",
    "rolling back to deployment 1.",
    "service:cart-api",
    "arn:aws:ecs:eu-west-1:111122223333:task-definition/checkout-api:41",
    "checkout-api:42",
    DIGEST,
    OTHER,
];

fn value() -> impl Strategy<Value = Value> {
    let deployment = json!({"status": "ACTIVE", "runningCount": 1, "rolloutState": "IN_PROGRESS"});
    prop_oneof![
        6 => select(&WORDS[..]).prop_map(Value::from),
        2 => Just(Value::Null),
        3 => select(vec![
            json!(0), json!(1), json!(2), json!(3), json!(-1), json!(1.5), json!(100), json!(100.0),
            json!(u32::MAX), json!(u64::MAX), json!(NOW), json!(NOW - 30), json!(NOW - 100_000),
            json!(NOW + 100_000), json!(1e300), json!(true),
        ]),
        2 => select(vec![
            json!([]), json!({}), json!([{}]), json!({"type": "ECS"}), json!({"type": null}),
            json!([deployment]), deployment, task("1"), task("9"), json!([task("1")]),
            json!({"name": "api", "imageDigest": DIGEST}), json!({"name": "api", "imageDigest": OTHER}),
            json!({"name": "proxy", "lastStatus": "STOPPED", "exitCode": 0}),
            json!({"name": "proxy", "lastStatus": "RUNNING", "exitCode": 0}),
            json!({"message": "deployment failed"}), json!({"value": 100.0, "unit": "PERCENT"}),
        ]),
        1 => ".{0,12}".prop_map(Value::from),
    ]
}

/// Any change.
pub fn change() -> impl Strategy<Value = Change> {
    let pointer = || select(&POINTERS[..]);
    prop_oneof![
        2 => pointer().prop_map(Change::lost),
        5 => (pointer(), value()).prop_map(Change::set),
        1 => (pointer(), pointer()).prop_map(Change::swapped),
        1 => select(vec![
            "/service/deployments", "/service/taskSets", "/service/events", "/rollouts", "/running",
            "/stopped", "/running/0/containers",
        ]).prop_map(Change::first_doubled),
    ]
}
