//! Answers of a real API server, version 1.36, read.

mod asking;
mod sources;

use kube::api::ObjectList;
use passport_connector_sdk::{ReadError, detect::RepositoryFiles};
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use super::{
    Action, LabelSelector, ListPath, ObjectPath, Rules, declared, discovery, duration, is_label,
    is_name,
    list::Page,
    narrow::Narrow,
    review::{Allowed, Review},
    rules,
    status::Refusal,
};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata");

fn recorded(name: &str) -> Value {
    let text = std::fs::read_to_string(format!("{FOLDER}/{name}.json")).unwrap();
    let found: Value = serde_json::from_str(&text).unwrap();
    found["response"]["body"].clone()
}

fn refused(body: Value) -> Option<ReadError> {
    serde_json::from_value::<Refusal>(body).unwrap().error()
}

#[test]
fn refusals_say_what_kept_the_answer_back() {
    for (name, error) in [
        ("bad-token", ReadError::Unauthenticated),
        ("forbidden-other-namespace", ReadError::Denied),
        ("deployment-missing", ReadError::NotFound),
    ] {
        assert_eq!(refused(recorded(name)), Some(error), "{name}");
    }
    let busy = json!({"kind": "Status", "status": "Failure", "code": 429});
    assert_eq!(refused(busy), Some(ReadError::Throttled { retry_at: None }));
    let bare = json!({"kind": "Status", "status": "Failure"});
    assert_eq!(refused(bare), Some(ReadError::Malformed));
}

#[test]
fn what_has_a_status_of_its_own_is_no_refusal() {
    let object = json!({"kind": "Deployment", "status": {"observedGeneration": 3}});
    assert_eq!(refused(object), None);
    let deleted = json!({"kind": "Status", "status": "Success", "code": 200});
    assert_eq!(refused(deleted), None);
}

#[test]
fn a_list_without_its_items_is_no_empty_list() {
    let list = |items: Value| json!({"kind": "PodList", "metadata": {}, "items": items});
    assert_eq!(refused(list(json!(null))), Some(ReadError::Shape));
    assert_eq!(refused(list(json!([]))), None);
}

fn allowed(body: Value) -> Allowed {
    serde_json::from_value::<Review>(body).unwrap().allowed()
}

#[test]
fn reviews_of_two_tokens_are_told_apart() {
    for (name, wanted) in [
        ("review-passport-secrets-everywhere", Allowed::No),
        ("review-passport-star", Allowed::No),
        ("review-too-broad-secrets-everywhere", Allowed::Yes),
        ("review-too-broad-star", Allowed::Yes),
    ] {
        assert_eq!(allowed(recorded(name)), wanted, "{name}");
    }
}

#[test]
fn a_no_that_was_not_worked_out_is_none() {
    let partly = json!({"status": {"allowed": false, "evaluationError": "webhook timed out"}});
    assert_eq!(allowed(partly), Allowed::Untold);
    let both = json!({"status": {"allowed": true, "denied": true}});
    assert_eq!(allowed(both), Allowed::Untold);
    assert!(serde_json::from_value::<Review>(json!({"status": {}})).is_err());
}

fn selector(body: Value) -> Option<String> {
    serde_json::from_value::<LabelSelector>(body).ok()?.query()
}

#[test]
fn a_selector_is_asked_as_it_stands_in_its_object() {
    let labels = json!({"matchLabels": {"tier": "web", "app.kubernetes.io/name": "a"}});
    let asked = selector(labels);
    assert_eq!(asked.as_deref(), Some("app.kubernetes.io/name=a,tier=web"));
    let expressions = json!({"matchLabels": {"app": ""}, "matchExpressions": [
        {"key": "tier", "operator": "In", "values": ["a", "b"]},
        {"key": "tier", "operator": "NotIn", "values": ["c"]},
        {"key": "on", "operator": "Exists"},
        {"key": "off", "operator": "DoesNotExist", "values": null},
    ]});
    let wanted = "app=,tier in (a,b),tier notin (c),on,!off";
    assert_eq!(selector(expressions).as_deref(), Some(wanted));
}

#[test]
fn a_selector_that_picks_everything_or_is_another_is_not_asked() {
    let of = |operator: &str, values: Value| {
        let term = json!({"key": "a", "operator": operator, "values": values});
        json!({"matchExpressions": [term]})
    };
    for body in [
        json!({}),
        json!({"matchLabels": {}, "matchExpressions": []}),
        json!({"matchLabels": {"app": "a,b"}}),
        json!({"matchLabels": {"app": "a b"}}),
        json!({"matchLabels": {"": "a"}}),
        json!({"matchLabels": {"a/": "b"}}),
        json!({"matchLabels": {"a/b/c": "d"}}),
        json!({"matchLabels": {"app": "a".repeat(64)}}),
        of("In", json!([])),
        of("Exists", json!(["b"])),
        of("Gt", json!(["1"])),
        of("In", json!(["a)"])),
    ] {
        assert_eq!(selector(body.clone()), None, "{body}");
    }
}

const PODS: ListPath<'_> = ListPath {
    group: "",
    version: "v1",
    kind: "Pod",
    resource: "pods",
    namespace: "shop",
    selector: "",
    page_size: 4,
};

fn page(body: &Value) -> Result<Page<IgnoredAny>, ReadError> {
    let list: Result<ObjectList<Narrow<IgnoredAny>>, _> = serde_json::from_str(&body.to_string());
    PODS.page(list.map_err(|_| ReadError::Shape)?)
}

#[test]
fn the_pages_of_a_list_are_of_one_moment() {
    let [first, second] = ["pods-page-1", "pods-page-2"].map(|it| page(&recorded(it)).unwrap());
    assert!(first.rest.is_some() && second.rest.is_none());
    assert_eq!(first.version, second.version);
    assert_eq!(first.items.len(), 4);
    let refused = refused(recorded("pods-bad-continue"));
    assert_eq!(refused, Some(ReadError::Rejected));
}

fn without(object: &mut Value, key: &str) {
    object.as_object_mut().unwrap().remove(key).unwrap();
}

#[test]
fn a_page_is_of_its_kind_and_moment_and_of_one_namespace() {
    let whole = recorded("pods-page-1");
    let with = |change: fn(&mut Value)| {
        let mut body = whole.clone();
        change(&mut body);
        page(&body).err()
    };
    assert_eq!(with(|_| {}), None);
    let shape = Some(ReadError::Shape);
    assert_eq!(with(|it| it["kind"] = json!("ConfigMapList")), shape);
    assert_eq!(with(|it| it["kind"] = json!("Pod")), shape);
    assert_eq!(with(|it| without(it, "kind")), shape);
    assert_eq!(with(|it| without(it, "items")), shape);
    assert_eq!(
        with(|it| without(&mut it["metadata"], "resourceVersion")),
        shape
    );
    let elsewhere = Some(ReadError::OutOfScope);
    assert_eq!(
        with(|it| it["items"][1]["metadata"]["namespace"] = json!("other")),
        elsewhere
    );
    assert_eq!(
        with(|it| without(&mut it["items"][1]["metadata"], "namespace")),
        elsewhere
    );
}

#[test]
fn an_object_is_the_one_that_was_asked_for() {
    let path = ObjectPath {
        group: "apps",
        version: "v1",
        kind: "Deployment",
        resource: "deployments",
        namespace: "shop",
        name: "checkout-api",
    };
    let read = |body: &Value| {
        let found: Narrow<IgnoredAny> = serde_json::from_str(&body.to_string()).unwrap();
        path.fields_of(found).err()
    };
    let object = json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": "checkout-api", "namespace": "shop"},
    });
    assert_eq!(read(&object), None);
    for (pointer, other) in [
        ("/apiVersion", "apps/v1beta1"),
        ("/kind", "StatefulSet"),
        ("/metadata/name", "other"),
        ("/metadata/namespace", "other"),
    ] {
        let mut another = object.clone();
        *another.pointer_mut(pointer).unwrap() = json!(other);
        assert_eq!(read(&another), Some(ReadError::OutOfScope), "{pointer}");
        *another.pointer_mut(pointer).unwrap() = Value::Null;
        let unnamed = (pointer != "/apiVersion").then_some(ReadError::Shape);
        assert_eq!(read(&another), unnamed, "{pointer}");
    }
}

#[test]
fn what_a_server_leaves_out_of_what_it_serves_is_not_nothing() {
    let kinds = |body: Value| {
        discovery::kinds(
            serde_json::from_value(body).unwrap(),
            "argoproj.io/v1alpha1",
        )
    };
    let of =
        |resources: Value| json!({"groupVersion": "argoproj.io/v1alpha1", "resources": resources});
    let rollouts = json!([{"name": "rollouts", "kind": "Rollout"}]);
    assert_eq!(kinds(of(rollouts.clone())), Ok(vec!["rollouts".to_owned()]));
    for wrong in [of(json!([])), of(json!(null)), of(json!([{}])), json!({})] {
        assert_eq!(kinds(wrong.clone()), Err(ReadError::Shape), "{wrong}");
    }
    let other = json!({"groupVersion": "argoproj.io/v1", "resources": rollouts});
    assert_eq!(kinds(other), Err(ReadError::OutOfScope));
    let versions =
        |body: Value| discovery::versions(serde_json::from_value(body).unwrap(), "flagger.app");
    let served = json!({"name": "flagger.app", "versions": [{"version": "v1beta1"}]});
    assert_eq!(versions(served), Ok(vec!["v1beta1".to_owned()]));
    for wrong in [json!({}), json!({"name": "flagger.app", "versions": [{}]})] {
        assert_eq!(versions(wrong.clone()), Err(ReadError::Shape), "{wrong}");
    }
}

#[test]
fn a_label_more_picks_fewer() {
    let all = LabelSelector::default();
    let of_hash = all.with("hash", "6c9f7d5b8").query();
    assert_eq!(of_hash.as_deref(), Some("hash=6c9f7d5b8"));
    let labels: LabelSelector =
        serde_json::from_value(json!({"matchLabels": {"app": "a"}})).unwrap();
    assert_eq!(
        labels.clone().with("hash", "b").query().as_deref(),
        Some("app=a,hash=b")
    );
    assert_eq!(labels.with("hash", "b,c").query(), None);
}

#[test]
fn names_are_no_patterns_and_no_paths() {
    assert!(is_label("shop") && is_name("checkout-api.v2"));
    for wrong in ["", "*", "a/b", "../a", "A", "-a", "a-", "a b"] {
        assert!(!is_name(wrong) && !is_label(wrong), "{wrong}");
    }
    assert!(!is_label("a.b") && !is_label(&"a".repeat(64)) && !is_name(&"a".repeat(254)));
}

#[test]
fn durations_are_as_go_writes_them() {
    let seconds = |text: &str| duration(text).map(|it| it.num_seconds());
    assert_eq!(seconds("1h30m"), Some(5_400));
    assert_eq!(seconds("1.5m"), Some(90));
    for wrong in ["", "5", "m", "-1m", "1d", "0s", "9999999999999h"] {
        assert_eq!(seconds(wrong), None, "{wrong}");
    }
}

#[test]
fn objects_of_one_kind_and_group_are_told() {
    let text = "apiVersion: a.io/v1\nkind: A\nmetadata: {name: one, namespace: '*'}\n---\napiVersion: b.io/v1\nkind: A\n";
    let file = ("a.yaml".to_owned(), text.to_owned());
    let files: RepositoryFiles = [file].into_iter().collect();
    let found: Vec<_> = declared(&files, "a.io", "A").collect();
    let [only] = found.as_slice() else {
        panic!("{} found", found.len());
    };
    assert_eq!(
        (only.name, only.namespace, only.line),
        (Some("one"), None, 2)
    );
}

fn whole(body: Value) -> Option<Rules> {
    let review: rules::Review = serde_json::from_value(body).unwrap();
    review.whole("2026-11-25T15:10:13Z".parse().unwrap())
}

fn action<'a>(verb: &'a str, group: &'a str, resource: &'a str) -> Action<'a> {
    Action {
        verb,
        group,
        resource,
        subresource: None,
        namespace: Some("shop"),
        name: None,
    }
}

#[test]
fn what_a_whole_list_of_rules_does_not_allow_is_excluded() {
    let narrow = whole(recorded("rules-review-passport")).unwrap();
    let wide = whole(recorded("rules-review-too-broad")).unwrap();
    for asked in [
        action("list", "", "secrets"),
        action("get", "", "secrets"),
        action("patch", "apps", "deployments"),
        action("*", "*", "*"),
        action("get", "*", "*"),
    ] {
        assert!(narrow.exclude(&asked), "{asked:?}");
        assert!(!wide.exclude(&asked), "{asked:?}");
    }
    assert!(!narrow.exclude(&action("list", "", "pods")));
    assert!(!narrow.exclude(&action("get", "apps", "deployments")));
}

#[test]
fn a_rule_is_about_parts_names_and_stars_as_it_says() {
    let of = |rule: Value| whole(json!({"status": {"resourceRules": [rule], "incomplete": false}}));
    let allows = |rule: &Value, asked: &Action<'_>| !of(rule.clone()).unwrap().exclude(asked);
    let scale = Action {
        subresource: Some("scale"),
        ..action("patch", "apps", "deployments")
    };
    let whole_one = action("patch", "apps", "deployments");
    let rule = |resource: &str| json!({"verbs": ["patch"], "apiGroups": ["apps"], "resources": [resource]});
    for (resource, of_part, of_whole) in [
        ("deployments/scale", true, false),
        ("*/scale", true, false),
        ("deployments", false, true),
        ("*", true, true),
        ("deployments/status", false, false),
    ] {
        assert_eq!(allows(&rule(resource), &scale), of_part, "{resource}");
        assert_eq!(allows(&rule(resource), &whole_one), of_whole, "{resource}");
    }
    let mut named = rule("deployments");
    named["resourceNames"] = json!(["checkout-api"]);
    let one = |name| Action {
        name: Some(name),
        ..whole_one
    };
    assert!(allows(&named, &one("checkout-api")));
    assert!(!allows(&named, &one("other")));
    assert!(!allows(&named, &whole_one));
    let all = json!({"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]});
    assert!(allows(&all, &action("*", "*", "*")));
    assert!(!allows(&rule("*"), &action("*", "*", "*")));
}

#[test]
fn rules_of_which_a_part_is_not_told_exclude_nothing() {
    for status in [
        json!({"resourceRules": [], "incomplete": true}),
        json!({"resourceRules": [], "incomplete": false, "evaluationError": "webhook"}),
    ] {
        assert!(whole(json!({"status": status})).is_none());
    }
    for status in [json!({"resourceRules": []}), json!({"incomplete": false})] {
        let read: Result<rules::Review, _> = serde_json::from_value(json!({"status": status}));
        assert!(read.is_err());
    }
}
