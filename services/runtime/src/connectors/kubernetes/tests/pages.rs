//! A workload of 2,000 pods, read in pages, and lists that fall apart.

use chrono::DateTime;
use passport_connector_sdk::{Kept, Observation};
use passport_evidence::{Reason, Status};
use passport_testkit::{
    connector,
    provider::{Provider, Reply, Script},
};
use serde_json::{Value, json};

use crate::connectors::kubernetes::Kubernetes;

const PODS: usize = 2_000;
const PAGE: usize = 100;
const ROOT: &str = "/api/v1/namespaces/shop/pods";
const OBJECT: &str = "/apis/apps/v1/namespaces/shop/daemonsets/checkout-node";

fn pod(nth: usize) -> Value {
    json!({
        "metadata": {
            "namespace": "shop", "uid": format!("uid-{nth}"),
            "ownerReferences": [{"uid": "uid-w", "controller": true}],
        },
        "spec": {"containers": [{"name": "api"}]},
        "status": {
            "phase": "Running", "startTime": "2026-05-03T09:00:00Z",
            "conditions": [{"type": "Ready", "status": "True"}],
            // The last one of all was restarted.
            "containerStatuses": [{
                "name": "api", "ready": true, "restartCount": u32::from(nth + 1 == PODS), "imageID": "",
                "state": {"running": {"startedAt": "2026-05-03T09:00:00Z"}},
                "lastState": {"terminated": {"exitCode": 1, "finishedAt": "2026-05-03T09:01:00Z"}},
            }],
        },
    })
}

fn page(start: usize, size: usize, rest: Option<&str>, version: &str) -> Value {
    let mut metadata = json!({"resourceVersion": version});
    if let Some(rest) = rest {
        metadata["continue"] = json!(rest);
    }
    let items: Vec<_> = (start..start + size).map(pod).collect();
    json!({"kind": "PodList", "apiVersion": "v1", "metadata": metadata, "items": items})
}

fn workload() -> Script {
    let object = json!({
        "kind": "DaemonSet", "apiVersion": "apps/v1",
        "metadata": {"name": "checkout-node", "namespace": "shop", "uid": "uid-w", "generation": 7},
        "spec": {
            "selector": {"matchLabels": {"app": "node"}},
            "updateStrategy": {"type": "RollingUpdate"},
            "template": {"spec": {"containers": [{"name": "api"}]}},
        },
        "status": {
            "observedGeneration": 7, "desiredNumberScheduled": PODS,
            "currentNumberScheduled": PODS, "updatedNumberScheduled": PODS, "numberAvailable": PODS,
        },
    });
    Provider::script().on("GET", OBJECT).reply(200, object)
}

/// All pages but the first, from this one on, each with this version of the list.
fn rest(mut script: Script, from: usize, version: &str) -> Script {
    for nth in from..PODS / PAGE {
        let start = nth * PAGE;
        let next = (nth + 1).to_string();
        let more = (start + PAGE < PODS).then_some(next.as_str());
        let on = script.on("GET", ROOT).query("continue", nth.to_string());
        script = on.reply(200, page(start, PAGE, more, version));
    }
    script
}

fn first(script: Script, version: &str) -> Script {
    script
        .on("GET", ROOT)
        .reply(200, page(0, PAGE, Some("1"), version))
}

fn gone() -> Reply {
    let status = json!({"kind": "Status", "status": "Failure", "reason": "Expired", "code": 410});
    Reply::json(410, status)
}

/// What is collected, and which pages were asked for, by their tokens.
async fn collected(script: Script) -> (Observation, Vec<String>) {
    let provider = script.start().await.unwrap();
    let source = json!({
        "connector": "kubernetes", "endpoint": provider.base(), "credential": {"env": "TOKEN"},
        "scope": {"namespace": "shop", "kind": "DaemonSet", "name": "checkout-node"},
        "page_size": PAGE,
    });
    let hub = connector::hub(&[("TOKEN", "a-token-of-this-test")]);
    let source = connector::built::<Kubernetes>(&source, &hub).unwrap();
    let request = connector::request(DateTime::from_timestamp(1_777_800_600, 0).unwrap());
    let observed = source.collect(&request, &Kept::default()).await.unwrap();
    let pages = provider.requests().into_iter().filter(|it| it.path == ROOT);
    let token = |query: Option<String>| {
        let query = query.unwrap_or_default();
        let mut keys = query.split('&').map(str::to_owned);
        let rest = keys.find_map(|it| it.strip_prefix("continue=").map(str::to_owned));
        rest.unwrap_or_else(|| "first".to_owned())
    };
    (observed, pages.map(|it| token(it.query)).collect())
}

/// Status, value and reason of a fact.
fn told(observed: &Observation, name: &str) -> (Status, Option<String>, Option<Reason>) {
    let mut facts = observed.facts.iter();
    let fact = facts.find(|it| it.name().as_str() == name).unwrap();
    (fact.status(), fact.value_text(), fact.reason())
}

fn all_pages() -> Vec<String> {
    let rest = (1..PODS / PAGE).map(|it| it.to_string());
    ["first".to_owned()].into_iter().chain(rest).collect()
}

fn count(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[tokio::test]
async fn every_page_of_two_thousand_pods_is_read_once_and_counts() {
    let (observed, pages) = collected(rest(first(workload(), "1"), 1, "1")).await;
    assert_eq!(pages, all_pages());
    let available = told(&observed, "available_replicas");
    assert_eq!(available, (Status::Passed, count("2000"), None));
    // It is on the last page.
    let restarts = told(&observed, "recent_restarts");
    let missed = (Status::Failed, count("1"), Some(Reason::ThresholdMissed));
    assert_eq!(restarts, missed);
    assert_eq!(told(&observed, "container_health").0, Status::Passed);
}

#[tokio::test]
async fn a_rest_that_has_expired_is_read_from_the_first_page_on() {
    let script = first(workload(), "1")
        .on("GET", ROOT)
        .query("continue", "1");
    let script = rest(script.respond(gone()), 1, "1");
    let (observed, pages) = collected(script).await;
    let lost = ["first", "1"].map(str::to_owned);
    let wanted: Vec<_> = lost.into_iter().chain(all_pages()).collect();
    assert_eq!(pages, wanted);
    assert_eq!(told(&observed, "container_health").0, Status::Passed);
}

#[tokio::test]
async fn a_rest_that_expires_again_and_again_is_no_list() {
    let script = first(workload(), "1")
        .on("GET", ROOT)
        .query("continue", "1");
    let (observed, pages) = collected(script.respond(gone())).await;
    assert_eq!(pages, ["first", "1"].repeat(3));
    for name in ["container_health", "recent_restarts"] {
        let (status, _, reason) = told(&observed, name);
        assert_eq!(
            (status, reason),
            (Status::Unknown, Some(Reason::Incomplete)),
            "{name}"
        );
    }
}

#[tokio::test]
async fn pages_of_two_moments_are_no_list() {
    let (observed, pages) = collected(rest(first(workload(), "1"), 1, "2")).await;
    assert_eq!(pages, ["first", "1"].repeat(3));
    assert_eq!(told(&observed, "recent_restarts").0, Status::Unknown);
}

#[tokio::test]
async fn a_list_that_goes_on_after_its_last_page_is_no_list() {
    let endless = page((PODS / PAGE - 1) * PAGE, PAGE, Some("20"), "1");
    let last = (PODS / PAGE - 1).to_string();
    let script = first(workload(), "1")
        .on("GET", ROOT)
        .query("continue", &last);
    let script = rest(script.reply(200, endless), 1, "1");
    let (observed, pages) = collected(script).await;
    assert_eq!(pages, all_pages());
    let (status, _, reason) = told(&observed, "recent_restarts");
    assert_eq!(
        (status, reason),
        (Status::Unknown, Some(Reason::Incomplete))
    );
}
