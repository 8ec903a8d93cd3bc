//! Whatever is changed in an autoscaler or a budget, neither passes that does not say so.

use std::collections::BTreeMap;

use passport_evidence::{Fact, Status};
use passport_testkit::change::Change;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    changes::change,
    oracle::{is_there, list, number, text},
};
use crate::connectors::kubernetes::beside::{Autoscaler, Budget, of_autoscaler, of_budget};

const CHANGED: u32 = 20_000;

const POINTERS: [&str; 36] = [
    "/hpa/metadata/generation",
    "/hpa/metadata/deletionTimestamp",
    "/hpa/spec/maxReplicas",
    "/hpa/spec/scaleTargetRef/apiVersion",
    "/hpa/spec/scaleTargetRef/kind",
    "/hpa/spec/scaleTargetRef/name",
    "/hpa/status",
    "/hpa/status/observedGeneration",
    "/hpa/status/currentReplicas",
    "/hpa/status/desiredReplicas",
    "/hpa/status/conditions",
    "/hpa/status/conditions/0",
    "/hpa/status/conditions/0/type",
    "/hpa/status/conditions/0/status",
    "/hpa/status/conditions/1/type",
    "/hpa/status/conditions/1/status",
    "/hpa/status/conditions/2",
    "/hpa/status/conditions/2/status",
    "/hpa/status/conditions/2/reason",
    "/pdb/metadata/generation",
    "/pdb/metadata/deletionTimestamp",
    "/pdb/spec/selector",
    "/pdb/spec/selector/matchLabels",
    "/pdb/spec/selector/matchLabels/app",
    "/pdb/spec/selector/matchExpressions",
    "/pdb/status",
    "/pdb/status/observedGeneration",
    "/pdb/status/disruptionsAllowed",
    "/pdb/status/currentHealthy",
    "/pdb/status/desiredHealthy",
    "/pdb/status/expectedPods",
    "/pdb/status/conditions",
    "/pdb/status/conditions/0",
    "/pdb/status/conditions/0/type",
    "/pdb/status/conditions/0/status",
    "/pdb/status/conditions/0/reason",
];

const WORDS: [&str; 20] = [
    "",
    "True",
    "False",
    "Unknown",
    "AbleToScale",
    "ScalingActive",
    "ScalingLimited",
    "DesiredWithinRange",
    "TooManyReplicas",
    "TooFewReplicas",
    "ScaleUpLimit",
    "ScaleDownLimit",
    "DisruptionAllowed",
    "SufficientPods",
    "InsufficientPods",
    "SyncFailed",
    "apps/v1",
    "Deployment",
    "checkout-api",
    "2026-05-03T09:29:00Z",
];

const LISTS: [&str; 2] = ["/hpa/status/conditions", "/pdb/status/conditions"];

fn good() -> Value {
    json!({
        "hpa": {
            "metadata": {"uid": "uid-a", "generation": 2},
            "spec": {
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "checkout-api"},
                "maxReplicas": 7,
            },
            "status": {
                "observedGeneration": 2, "currentReplicas": 2, "desiredReplicas": 2,
                "conditions": [
                    {"type": "AbleToScale", "status": "True"}, {"type": "ScalingActive", "status": "True"},
                    {"type": "ScalingLimited", "status": "False", "reason": "DesiredWithinRange"},
                ],
            },
        },
        "pdb": {
            "metadata": {"uid": "uid-b", "generation": 2},
            "spec": {"selector": {"matchLabels": {"app": "checkout-api"}, "matchExpressions": []}},
            "status": {
                "observedGeneration": 2, "disruptionsAllowed": 1, "currentHealthy": 2,
                "desiredHealthy": 1, "expectedPods": 2,
                "conditions": [
                    {"type": "DisruptionAllowed", "status": "True", "reason": "SufficientPods"},
                ],
            },
        },
    })
}

/// What passes of what is about the workload.
fn passed(world: &Value) -> Vec<Fact> {
    let labels = [("app", "checkout-api"), ("tier", "web")];
    let labels: BTreeMap<_, _> = labels
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into();
    let scaled = serde_json::from_value::<Autoscaler>(world["hpa"].clone()).ok();
    let scaled = scaled.filter(|it| it.scales("Deployment", "checkout-api"));
    let kept = serde_json::from_value::<Budget>(world["pdb"].clone()).ok();
    let kept = kept.filter(|it| it.covers(&labels));
    let facts = [
        scaled.map(|it| of_autoscaler(&it)),
        kept.map(|it| of_budget(&it)),
    ];
    let facts = facts.into_iter().flatten();
    facts.filter(|it| it.status() == Status::Passed).collect()
}

/// The only status that is said of a kind of conditions.
fn said<'a>(of: &'a Value, kind: &str) -> Vec<&'a str> {
    let all = list(of, "/status/conditions").iter();
    let all = all.filter(|it| it["type"] == kind);
    all.map(|it| text(it, "/status")).collect()
}

fn is_observed(of: &Value) -> bool {
    let [wanted, seen] =
        ["/metadata/generation", "/status/observedGeneration"].map(|it| of.pointer(it));
    let is_told = |it: Option<&Value>| it.is_some_and(|it| !it.is_null());
    (!is_told(wanted) && !is_told(seen)) || wanted == seen
}

fn has_room(hpa: &Value) -> bool {
    let most = number(hpa, "/spec/maxReplicas");
    let target = "/spec/scaleTargetRef";
    is_observed(hpa)
        && !is_there(hpa, "/metadata/deletionTimestamp")
        && text(hpa, &format!("{target}/apiVersion")).starts_with("apps/")
        && text(hpa, &format!("{target}/kind")) == "Deployment"
        && text(hpa, &format!("{target}/name")) == "checkout-api"
        && said(hpa, "AbleToScale") == ["True"]
        && said(hpa, "ScalingActive") == ["True"]
        && said(hpa, "ScalingLimited").len() == 1
        && is_there(hpa, "/status/desiredReplicas")
        && number(hpa, "/status/desiredReplicas") < most
        && number(hpa, "/status/currentReplicas") < most
}

fn may_be_disrupted(pdb: &Value) -> bool {
    let labels = pdb.pointer("/spec/selector/matchLabels");
    let of_others = labels.and_then(Value::as_object).is_some_and(|it| {
        let is_ours = |(key, value): (&String, &Value)| {
            let own = [("app", "checkout-api"), ("tier", "web")];
            own.iter().any(|(name, own)| key == name && value == own)
        };
        !it.iter().all(is_ours)
    });
    is_observed(pdb)
        && is_there(pdb, "/metadata/generation")
        && !is_there(pdb, "/metadata/deletionTimestamp")
        && is_there(pdb, "/spec/selector")
        && !of_others
        && number(pdb, "/status/disruptionsAllowed") > 0
        && number(pdb, "/status/expectedPods") > 0
        && number(pdb, "/status/currentHealthy") >= number(pdb, "/status/desiredHealthy")
        && ["desiredHealthy", "currentHealthy"]
            .iter()
            .all(|it| is_there(pdb, &format!("/status/{it}")))
        && said(pdb, "DisruptionAllowed")
            .iter()
            .all(|it| *it == "True")
}

fn may_pass(fact: &Fact, world: &Value) -> bool {
    match fact.name().as_str() {
        "autoscaler_limits" => has_room(&world["hpa"]),
        "disruption_budget" => may_be_disrupted(&world["pdb"]),
        _ => false,
    }
}

#[test]
fn what_has_room_passes() {
    let all = good();
    let facts = passed(&all);
    assert_eq!(facts.len(), 2, "{facts:?}");
    assert!(facts.iter().all(|it| may_pass(it, &all)), "{facts:?}");
}

#[test]
fn one_pod_more_may_make_the_difference() {
    let mut all = good();
    Change::set(("/hpa/status/desiredReplicas", json!(7))).apply(&mut all);
    Change::set(("/pdb/status/disruptionsAllowed", json!(0))).apply(&mut all);
    assert_eq!(passed(&all), []);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CHANGED))]

    #[test]
    fn changed_limits_pass_nothing_that_they_do_not_say(
        changes in prop::collection::vec(change(&POINTERS, &WORDS, &LISTS), 1..5),
    ) {
        let mut all = good();
        for change in &changes {
            change.apply(&mut all);
        }
        let found = passed(&all);
        let unearned: Vec<_> = found.iter().filter(|it| !may_pass(it, &all)).collect();
        prop_assert!(unearned.is_empty(), "{all}: {unearned:?}");
    }
}
