//! Whatever an API server answers, nothing breaks, and nothing passes that the object does not say in
//! so many words.

use chrono::DateTime;
use passport_evidence::{Fact, Status, Subject};
use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

use super::case;
use crate::connectors::flux::{
    facts,
    kind::Kind,
    model::Object,
    settings::{Compare, ScopeSettings, Wanted},
};

const SHA: &str = "4f1c2e9a7b6d5c4e3f2a1b0c9d8e7f6a5b4c3d2e";

/// What is read, and some of what is not.
const POINTERS: [&str; 29] = [
    "/metadata/generation",
    "/metadata/deletionTimestamp",
    "/spec",
    "/spec/suspend",
    "/spec/interval",
    "/status",
    "/status/observedGeneration",
    "/status/lastAppliedRevision",
    "/status/lastAttemptedRevision",
    "/status/conditions",
    "/status/conditions/0",
    "/status/conditions/0/type",
    "/status/conditions/0/status",
    "/status/conditions/0/reason",
    "/status/conditions/0/observedGeneration",
    "/status/conditions/1",
    "/status/conditions/1/type",
    "/status/conditions/1/status",
    "/status/history",
    "/status/history/0",
    "/status/history/0/lastReconciled",
    "/status/history/0/status",
    "/status/history/0/version",
    "/status/history/0/chartVersion",
    "/status/history/0/appVersion",
    "/status/history/1",
    "/status/history/1/version",
    "/status/history/1/chartVersion",
    "/status/history/1/status",
];

/// Words that mean something somewhere, and some that nearly do.
const WORDS: [&str; 30] = [
    "",
    "True",
    "true",
    "True ",
    "False",
    "Unknown",
    "Ready",
    "Reconciling",
    "Stalled",
    "Drifted",
    "TestSuccess",
    "Remediated",
    "Progressing",
    "DependencyNotReady",
    "deployed",
    "Deployed",
    "failed",
    "superseded",
    "pending-upgrade",
    "6.5.4",
    "6.5.40",
    "6.5.4+0a9b8c7d6e5f",
    "none",
    "main",
    "main@sha1:4f1c2e9a7b6d5c4e3f2a1b0c9d8e7f6a5b4c3d2e",
    "main@sha1:4f1c2e9a7b6d5c4e3f2a1b0c9d8e7f6a5b4c3d2",
    "main/4f1c2e9a7b6d5c4e3f2a1b0c9d8e7f6a5b4c3d2e",
    "4f1c2e9a7b6d5c4e3f2a1b0c9d8e7f6a5b4c3d2e",
    "99999999999999999999h",
    "2026-05-03T09:20:00Z",
];

/// One change of an object. What is not there is put there.
type Change = (&'static str, Option<Value>);

fn change() -> impl Strategy<Value = Change> {
    let value = prop_oneof![
        1 => Just(None),
        4 => select(&WORDS[..]).prop_map(|it| Some(Value::from(it))),
        1 => Just(Some(Value::Null)),
        1 => any::<bool>().prop_map(|it| Some(it.into())),
        1 => select(vec![json!(0), json!(-1), json!(3), json!(8), json!(9), json!(u64::MAX), json!(1e300)])
            .prop_map(Some),
        1 => select(vec![json!([]), json!({}), json!([{}])]).prop_map(Some),
        1 => ".{0,12}".prop_map(|it| Some(it.into())),
    ];
    (select(&POINTERS[..]), value)
}

fn apply(object: &mut Value, (at, value): &Change) {
    let Some((parent, key)) = at.rsplit_once('/') else {
        return;
    };
    let index = key.parse::<usize>().ok();
    match (object.pointer_mut(parent), value, index) {
        (Some(Value::Object(parent)), Some(value), _) => {
            parent.insert(key.to_owned(), value.clone());
        }
        (Some(Value::Object(parent)), None, _) => _ = parent.remove(key),
        (Some(Value::Array(all)), None, Some(at)) if at < all.len() => _ = all.remove(at),
        (Some(Value::Array(all)), Some(value), Some(at)) if at < all.len() => {
            // Elements are doubled rather than made another type, which ends it all.
            let one = if value.is_object() {
                value.clone()
            } else {
                all[at].clone()
            };
            all.push(one);
        }
        _ => {}
    }
}

/// Sources in which everything passes: the case, what is wanted, and the subject.
fn good(is_release: bool) -> (Value, Wanted, Subject) {
    let name = if is_release {
        "helm-ready"
    } else {
        "kustomization-ready"
    };
    let mut subject = Subject::default();
    let (kind, compare) = match is_release {
        true => {
            subject.version = Some("6.5.4".to_owned());
            (Kind::HelmRelease, Compare::ChartVersion)
        }
        false => {
            subject.revision = Some(SHA.to_owned());
            (Kind::Kustomization, Compare::Revision)
        }
    };
    let scope = ScopeSettings {
        kind,
        namespace: "flux-system".to_owned(),
        name: "checkout-api".to_owned(),
    };
    let object = case(name)["exchanges"][0]["response"]["body"].clone();
    let wanted = Wanted {
        scope,
        compare: Some(compare),
    };
    (object, wanted, subject)
}

fn judged(object: &Value, wanted: &Wanted, subject: &Subject) -> Vec<Fact> {
    let now = DateTime::from_timestamp(1_777_800_600, 0).unwrap();
    match serde_json::from_value::<Object>(object.clone()) {
        Ok(object) => facts::of(&object, wanted, Some(subject), now),
        Err(_) => Vec::new(),
    }
}

// What Flux would have to say, read from the object itself.

fn conditions<'a>(object: &'a Value, kind: &str) -> Vec<&'a Value> {
    let all = object["status"]["conditions"].as_array();
    let all = all.into_iter().flatten();
    all.filter(|it| it["type"] == kind)
        .map(|it| &it["status"])
        .collect()
}

fn is_current(object: &Value) -> bool {
    let own = &object["metadata"]["generation"];
    let mut ready = object["status"]["conditions"]
        .as_array()
        .into_iter()
        .flatten();
    let observed = &object["status"]["observedGeneration"];
    let mut of_ready = || ready.find(|it| it["type"] == "Ready");
    let observed = match observed.is_null() {
        true => of_ready().map_or(&Value::Null, |it| &it["observedGeneration"]),
        false => observed,
    };
    own.is_i64() && own == observed
}

fn is_ready(object: &Value) -> bool {
    let is_false = |kind| conditions(object, kind).iter().all(|it| *it == "False");
    is_current(object)
        && object["metadata"]["deletionTimestamp"].is_null()
        && conditions(object, "Ready") == [&json!("True")]
        && is_false("Stalled")
        && is_false("Reconciling")
        && object["spec"]["suspend"] != true
}

fn is_applied(object: &Value, is_release: bool) -> bool {
    let status = &object["status"];
    let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
    let newest = &status["history"][0];
    let tried = text(&status["lastAttemptedRevision"]);
    let base = |it: String| it.split('+').next().unwrap_or_default().to_owned();
    is_current(object)
        && match is_release {
            true => {
                newest["status"] == "deployed"
                    && base(text(&newest["chartVersion"])) == "6.5.4"
                    && base(tried) == "6.5.4"
            }
            false => {
                let applied = text(&status["lastAppliedRevision"]);
                applied.ends_with(SHA) && applied.len() > SHA.len() && tried.ends_with(SHA)
            }
        }
}

/// Whether the object says what a fact that passed says.
fn deserves(fact: &str, object: &Value, is_release: bool) -> bool {
    let history = &object["status"]["history"];
    match fact {
        "flux_ready" => is_ready(object),
        "applied_revision" => is_applied(object, is_release),
        "helm_release" => is_current(object) && history[0]["status"] == "deployed",
        "helm_test" => conditions(object, "TestSuccess") == [&json!("True")],
        "drift" => conditions(object, "Drifted") == [&json!("False")],
        "rollback_target" => history[1]["chartVersion"].is_string(),
        "suspended" => object["spec"]["suspend"] != true,
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn a_changed_object_passes_only_by_what_it_says(
        is_release in any::<bool>(),
        changes in prop::collection::vec(change(), 1..4),
    ) {
        thread_local! {
            static GOOD: [(Value, Wanted, Subject); 2] = [good(false), good(true)];
        }
        let (object, found) = GOOD.with(|[kustomization, release]| {
            let (object, wanted, subject) = if is_release { release } else { kustomization };
            let mut object = object.clone();
            for change in &changes {
                apply(&mut object, change);
            }
            let found = judged(&object, wanted, subject);
            (object, found)
        });
        for fact in found.iter().filter(|it| it.status() == Status::Passed) {
            let name = fact.name().as_str();
            prop_assert!(deserves(name, &object, is_release), "{name} of {object}");
        }
    }
}

#[test]
fn unchanged_objects_pass_in_everything() {
    for is_release in [false, true] {
        let (object, wanted, subject) = good(is_release);
        let found = judged(&object, &wanted, &subject);
        let count = if is_release { 7 } else { 3 };
        let passed = found.iter().filter(|it| it.status() == Status::Passed);
        assert_eq!(passed.count(), count);
    }
}
