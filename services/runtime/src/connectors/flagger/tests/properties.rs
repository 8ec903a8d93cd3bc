//! Whatever is changed in a good Canary and its workloads, nothing passes that they do not say.

use chrono::{DateTime, Utc};
use passport_evidence::{Fact, Reason, Status};
use passport_kubernetes_api::List;
use proptest::{prelude::*, sample::select};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{case, oracle};
use crate::{
    cluster::{Snapshot, available::Least},
    connectors::flagger::{
        client::{Parts, Seen},
        facts,
        model::{Canary, Target},
    },
};

const CHANGED: u32 = 20_000;

/// What is read, and some of what is not.
const POINTERS: [&str; 54] = [
    "/canary/metadata/generation",
    "/canary/metadata/deletionTimestamp",
    "/canary/spec/targetRef",
    "/canary/spec/targetRef/kind",
    "/canary/spec/targetRef/apiVersion",
    "/canary/spec/targetRef/name",
    "/canary/spec/skipAnalysis",
    "/canary/spec/suspend",
    "/canary/spec/analysis",
    "/canary/spec/analysis/interval",
    "/canary/spec/analysis/threshold",
    "/canary/spec/analysis/metrics",
    "/canary/spec/analysis/webhooks",
    "/canary/status",
    "/canary/status/phase",
    "/canary/status/canaryWeight",
    "/canary/status/failedChecks",
    "/canary/status/iterations",
    "/canary/status/lastAppliedSpec",
    "/canary/status/lastPromotedSpec",
    "/canary/status/lastTransitionTime",
    "/canary/status/conditions",
    "/canary/status/conditions/0/type",
    "/canary/status/conditions/0/status",
    "/canary/spec/analysis/iterations",
    "/canary/status/conditions/0",
    "/primary",
    "/primary/metadata/generation",
    "/primary/metadata/deletionTimestamp",
    "/primary/spec/replicas",
    "/primary/spec/template/spec/containers",
    "/primary/spec/template/spec/containers/0/image",
    "/primary/spec/template/spec/containers/0/name",
    "/primary/status",
    "/primary/status/observedGeneration",
    "/primary/status/replicas",
    "/primary/status/updatedReplicas",
    "/primary/status/availableReplicas",
    "/target",
    "/target/metadata/generation",
    "/target/spec/replicas",
    "/target/spec/template/spec/containers/0/image",
    "/target/spec/template/spec/initContainers",
    "/target/status/observedGeneration",
    "/target/status/replicas",
    "/target/status/updatedReplicas",
    "/pods",
    "/pods/0",
    "/pods/0/metadata/labels/pod-template-hash",
    "/pods/0/metadata/ownerReferences/0/name",
    "/pods/1/status/phase",
    "/pods/1/status/conditions/0/status",
    "/pods/2/status/containerStatuses/0/ready",
    "/pods/2/status/containerStatuses/0/state",
];

const WORDS: [&str; 20] = [
    "",
    "Succeeded",
    "succeeded",
    "Progressing",
    "Initialized",
    "Failed",
    "Promoting",
    "Terminated",
    "Service",
    "Deployment",
    "DaemonSet",
    "apps/v1",
    "78cdc7b5f8",
    "9bc949574",
    "1m",
    "False",
    "Unknown",
    "2026-05-03T09:29:00Z",
    "2026-05-01T09:29:00Z",
    "images.example/shop/checkout-api:2.14.0",
];

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        6 => select(&WORDS[..]).prop_map(Value::from),
        2 => Just(Value::Null),
        3 => select(vec![
            json!(0), json!(1), json!(2), json!(3), json!(7), json!(8), json!(-1), json!(0.5),
            json!(101), json!(u32::MAX), json!(u64::MAX), json!(true), json!(false),
        ]),
        2 => select(vec![
            json!([]), json!({}), json!([{}]), json!({"metrics": [{}]}),
            json!({"waiting": {"reason": "CrashLoopBackOff"}}), json!([{"name": "a", "image": "b"}]),
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
        (Some(Value::Object(keys)), Some(value)) => _ = keys.insert(key.to_owned(), value.clone()),
        (Some(Value::Object(keys)), None) => _ = keys.remove(key),
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

fn now() -> DateTime<Utc> {
    "2026-05-03T09:30:00Z".parse().unwrap()
}

fn world(name: &str) -> Value {
    let case = case(name);
    let body = |suffix: &str| {
        let mut exchanges = case["exchanges"].as_array().unwrap().iter();
        let is_it = |it: &&Value| it["request"]["path"].as_str().unwrap().ends_with(suffix);
        let found = exchanges.find(is_it);
        found.map_or(Value::Null, |it| it["response"]["body"].clone())
    };
    json!({
        "canary": body("/canaries/checkout-api"),
        "primary": body("/deployments/checkout-api-primary"),
        "target": body("/deployments/checkout-api"),
        "pods": body("/pods")["items"],
    })
}

fn read<T: DeserializeOwned>(found: &Value) -> Result<T, Reason> {
    serde_json::from_value(found.clone()).map_err(|_| Reason::UnexpectedShape)
}

fn seen(found: &Value) -> Result<Seen, Reason> {
    let observed_at = now();
    read(found).map(|workload| Seen {
        workload,
        observed_at,
    })
}

fn passed(world: &Value) -> Vec<Fact> {
    let Ok(canary) = read::<Canary>(&world["canary"]) else {
        return Vec::new();
    };
    let parts = Parts {
        primary: seen(&world["primary"]),
        target: seen(&world["target"]),
        pods: Some(read(&world["pods"]).map(|items| List {
            items,
            observed_at: now(),
        })),
    };
    let is_workload = matches!(canary.target(), Target::Workload(_));
    let snapshot = Snapshot {
        object: canary,
        observed_at: now(),
        parts: is_workload.then_some(parts),
        has_moved: false,
    };
    let least = Least {
        replicas: 1,
        available: None,
        allows_none: false,
    };
    let facts = facts::of(&snapshot, least, now()).into_iter();
    facts.filter(|it| it.status() == Status::Passed).collect()
}

#[test]
fn a_canary_about_which_nothing_is_wrong_passes_in_all() {
    for (name, count) in [("succeeded", 4), ("progressing", 2)] {
        let world = world(name);
        let facts = passed(&world);
        assert_eq!(facts.len(), count, "{facts:?}");
        for fact in &facts {
            assert!(oracle::may_pass(fact.name().as_str(), &world), "{fact:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CHANGED))]

    #[test]
    fn changed_objects_pass_nothing_that_they_do_not_say(
        is_done in any::<bool>(),
        changes in prop::collection::vec(change(), 1..5),
    ) {
        thread_local! {
            static GOOD: [Value; 2] = [world("progressing"), world("succeeded")];
        }
        let mut world = GOOD.with(|it| it[usize::from(is_done)].clone());
        for change in &changes {
            apply(&mut world, change);
        }
        for fact in passed(&world) {
            let name = fact.name().as_str().to_owned();
            prop_assert!(oracle::may_pass(&name, &world), "{name} of {world}");
        }
    }
}
