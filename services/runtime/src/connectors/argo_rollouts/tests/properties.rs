//! Whatever is changed in a good Rollout, its runs and its pods, nothing passes that they do not say.

use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

use super::{
    oracle,
    world::{good, passed},
};

const CHANGED: u32 = 20_000;

/// What is read, and some of what is not.
const POINTERS: [&str; 69] = [
    "/rollout/metadata/uid",
    "/rollout/metadata/generation",
    "/rollout/metadata/deletionTimestamp",
    "/rollout/metadata/annotations",
    "/rollout/metadata/annotations/rollout.argoproj.io~1revision",
    "/rollout/metadata/annotations/rollout.argoproj.io~1workload-generation",
    "/rollout/spec/replicas",
    "/rollout/spec/paused",
    "/rollout/spec/restartAt",
    "/rollout/spec/workloadRef",
    "/rollout/spec/template",
    "/rollout/spec/strategy",
    "/rollout/spec/strategy/blueGreen",
    "/rollout/spec/strategy/canary",
    "/rollout/spec/strategy/canary/steps",
    "/rollout/spec/strategy/canary/steps/1",
    "/rollout/spec/strategy/canary/steps/2",
    "/rollout/spec/strategy/canary/steps/3/analysis",
    "/rollout/spec/strategy/canary/analysis",
    "/rollout/status",
    "/rollout/status/observedGeneration",
    "/rollout/status/workloadObservedGeneration",
    "/rollout/status/phase",
    "/rollout/status/abort",
    "/rollout/status/promoteFull",
    "/rollout/status/controllerPause",
    "/rollout/status/pauseConditions",
    "/rollout/status/currentPodHash",
    "/rollout/status/stableRS",
    "/rollout/status/currentStepIndex",
    "/rollout/status/replicas",
    "/rollout/status/updatedReplicas",
    "/rollout/status/availableReplicas",
    "/rollout/status/HPAReplicas",
    "/rollout/status/canary/weights/verified",
    "/rollout/status/canary/weights",
    "/rollout/status/canary/weights/canary",
    "/rollout/status/canary/weights/canary/weight",
    "/rollout/status/conditions",
    "/rollout/status/conditions/1/type",
    "/rollout/status/conditions/1/status",
    "/rollout/status/conditions/1/reason",
    "/rollout/status/conditions/1",
    "/runs",
    "/runs/0",
    "/runs/0/metadata/labels",
    "/runs/0/metadata/labels/rollout-type",
    "/runs/0/metadata/labels/step-index",
    "/runs/0/metadata/labels/rollouts-pod-template-hash",
    "/runs/0/metadata/annotations/rollout.argoproj.io~1revision",
    "/runs/0/metadata/ownerReferences/0/uid",
    "/runs/0/metadata/ownerReferences/0/controller",
    "/runs/0/spec/terminate",
    "/runs/0/spec/metrics",
    "/runs/0/status",
    "/runs/0/status/phase",
    "/runs/0/status/completedAt",
    "/runs/0/status/metricResults",
    "/runs/0/status/metricResults/0/name",
    "/runs/0/status/metricResults/0/phase",
    "/runs/0/status/metricResults/0/dryRun",
    "/runs/0/status/metricResults/0/successful",
    "/runs/0/status/metricResults/0/measurements",
    "/pods",
    "/pods/0",
    "/pods/1/metadata/labels/rollouts-pod-template-hash",
    "/pods/1/metadata/ownerReferences/0/name",
    "/pods/2/status/phase",
    "/pods/3/status/containerStatuses/0/imageID",
];

const WORDS: [&str; 31] = [
    "",
    "9",
    "8",
    "10",
    "12",
    "11",
    "Healthy",
    "healthy",
    "Degraded",
    "Progressing",
    "Paused",
    "Successful",
    "Failed",
    "Error",
    "Running",
    "Inconclusive",
    "InvalidSpec",
    "ReplicaFailure",
    "RolloutAborted",
    "NewReplicaSetAvailable",
    "True",
    "Step",
    "Background",
    "2",
    "error-rate",
    "6c9f7d5b8",
    "7d44c9f6c",
    "Succeeded",
    "2026-05-03T09:10:00Z",
    "2026-05-01T09:10:00Z",
    "repo@sha256:0000000000000000000000000000000000000000000000000000000000000000",
];

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        6 => select(&WORDS[..]).prop_map(Value::from),
        2 => Just(Value::Null),
        3 => select(vec![
            json!(0), json!(1), json!(3), json!(4), json!(5), json!(9), json!(-1), json!(1.5),
            json!(u32::MAX), json!(u64::MAX), json!(true), json!(false),
        ]),
        2 => select(vec![
            json!([]), json!({}), json!({"templates": [{}]}), json!({"pause": {"duration": "5m"}}),
            json!([{"reason": "CanaryPauseStep"}]), json!([{"reason": "InconclusiveAnalysisRun"}]),
            json!([{"phase": "Successful", "message": "metric terminated"}]),
            json!([{"name": "error-rate"}, {"name": "latency"}]), json!({"canary": {}}),
            json!({"prePromotionAnalysis": {}}),
        ]),
        1 => ".{0,12}".prop_map(Value::from),
    ]
}

/// `None`: what is there goes away.
type Change = (&'static str, Option<Value>);

fn change() -> impl Strategy<Value = Change> {
    (select(&POINTERS[..]), prop::option::weighted(0.7, value()))
}

/// Puts a value where it is or could be.
fn apply(world: &mut Value, (at, value): &Change) {
    let (parent, key) = at.rsplit_once('/').unwrap();
    match (world.pointer_mut(parent), value) {
        (Some(Value::Object(keys)), Some(value)) => {
            keys.insert(key.replace("~1", "/"), value.clone());
        }
        (Some(Value::Object(keys)), None) => _ = keys.remove(&key.replace("~1", "/")),
        (Some(Value::Array(items)), value) => {
            let index = key.parse().unwrap_or(usize::MAX);
            match value {
                _ if index >= items.len() => {}
                Some(value) => items[index] = value.clone(),
                None => _ = items.remove(index),
            }
        }
        _ => {}
    }
}

#[test]
fn a_rollout_about_which_nothing_is_wrong_passes_in_all() {
    let world = good();
    let facts = passed(&world);
    assert_eq!(facts.len(), 5, "{facts:?}");
    for fact in &facts {
        assert!(oracle::may_pass(fact.name().as_str(), &world), "{fact:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CHANGED))]

    #[test]
    fn changed_objects_pass_nothing_that_they_do_not_say(
        changes in prop::collection::vec(change(), 1..5),
    ) {
        thread_local! {
            static GOOD: Value = good();
        }
        let mut world = GOOD.with(Value::clone);
        for change in &changes {
            apply(&mut world, change);
        }
        for fact in passed(&world) {
            let name = fact.name().as_str().to_owned();
            prop_assert!(oracle::may_pass(&name, &world), "{name} of {world}");
        }
    }
}
