use std::path::PathBuf;

use passport_testkit::case::Case;
use passport_testkit::replay::{self, Verdict, replay_paths};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::probe;

const NOW: &str = "2026-05-03T09:30:00Z";

/// A case in which the probe reads a good load.
fn good() -> Value {
    json!({
        "format": "passport-case/1", "name": "good", "connector": "probe", "why": "w", "now": NOW,
        "scope": {"workspaceId": "acme", "service": "shop", "environment": "production"},
        "source": probe::source("probe"),
        "env": {"PROBE_TOKEN": "case-token-1"},
        "exchanges": [{
            "request": {
                "method": "GET", "path": "/status", "query": {"target": "shop"},
                "headers": {"Authorization": "Bearer case-token-1"}
            },
            "response": {"status": 200, "body": status(0.5)}
        }],
        "expected": {
            "outcome": "evidence",
            "freshness": {"observedAt": "2026-05-03T09:29:00Z", "maxAgeSeconds": 300},
            "facts": [{"name": "load", "status": "passed", "value": "50%", "threshold": "< 80%"}]
        }
    })
}

fn status(load: f64) -> Value {
    json!({"target": "shop", "load": load, "at": "2026-05-03T09:29:00Z"})
}

/// The good case with values put in at JSON pointers.
fn with(changes: &[(&str, Value)]) -> Value {
    let mut case = good();
    for (pointer, value) in changes {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        let parent = case.pointer_mut(parent).unwrap();
        match key.parse::<usize>() {
            Ok(index) => parent[index] = value.clone(),
            Err(_) => parent[key] = value.clone(),
        }
    }
    case
}

fn file(case: &Value) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("c.case.json");
    std::fs::write(&file, case.to_string()).unwrap();
    (folder, file)
}

async fn played(case: &Value) -> Verdict {
    let (_folder, file) = file(case);
    let case = Case::load(file).unwrap();
    replay::replay(&case, &probe::registry()).await
}

async fn assert_ok(case: &Value) {
    let verdict = played(case).await;
    assert!(verdict.ok, "{verdict:?}");
    assert!(!verdict.unearned_pass && verdict.difference.is_none());
}

/// Plays the changed case, which must differ, and gives the difference in words.
async fn differs(changes: &[(&str, Value)]) -> String {
    let verdict = played(&with(changes)).await;
    assert!(!verdict.ok && !verdict.unearned_pass, "{verdict:?}");
    verdict.difference.unwrap()
}

async fn passes_unearned(changes: &[(&str, Value)]) {
    let verdict = played(&with(changes)).await;
    assert!(!verdict.ok && verdict.unearned_pass, "{verdict:?}");
}

const FACT: &str = "/expected/facts/0";
const BODY: &str = "/exchanges/0/response/body";

#[tokio::test]
async fn a_case_that_comes_out_as_expected_is_ok() {
    assert_ok(&good()).await;
}

#[tokio::test]
async fn each_part_of_a_fact_that_differs_is_named() {
    for (key, value, words) in [
        ("status", "failed", "load status passed, not failed"),
        ("reason", "NO_DATA", "load reason absent, not NO_DATA"),
        ("value", "51%", "load value 50%, not 51%"),
        ("threshold", "< 81%", "load threshold < 80%, not < 81%"),
        (
            "queryDigest",
            "sha256:0",
            "load queryDigest absent, not sha256:0",
        ),
        ("baseline", "40%", "load baseline absent, not 40%"),
        (
            "link",
            "https://a.example",
            "load link absent, not https://a.example",
        ),
    ] {
        let verdict = played(&with(&[(&format!("{FACT}/{key}"), json!(value))])).await;
        assert!(!verdict.ok);
        assert!(verdict.difference.unwrap().contains(words), "{words}");
    }
}

#[tokio::test]
async fn values_and_thresholds_are_compared_as_quantities() {
    let fact = json!({
        "name": "load", "status": "passed", "value": "50.0%", "threshold": "<80.0%"
    });
    assert_ok(&with(&[(FACT, fact)])).await;
}

#[tokio::test]
async fn a_missing_fact_and_another_item_differ() {
    let fact = |key: &str| (format!("{FACT}/{key}"), json!("other"));
    let (name, item) = (fact("name"), fact("item"));
    let verdict = played(&with(&[(&name.0, name.1)])).await;
    assert!(verdict.difference.unwrap().contains("other is missing"));
    let verdict = played(&with(&[(&item.0, item.1)])).await;
    assert!(
        verdict
            .difference
            .unwrap()
            .contains("load (other) is missing")
    );
}

#[tokio::test]
async fn a_time_and_an_age_that_differ_are_named() {
    let freshness = "/expected/freshness";
    let words = differs(&[(freshness, json!({"observedAt": "2026-05-03T09:29:01Z"}))]).await;
    assert_eq!(
        words,
        "observedAt 2026-05-03T09:29:00Z, not 2026-05-03T09:29:01Z"
    );
    let words = differs(&[(freshness, json!({"observedAt": null}))]).await;
    assert_eq!(words, "observedAt 2026-05-03T09:29:00Z, not null");
    let words = differs(&[(freshness, json!({"maxAgeSeconds": 60}))]).await;
    assert_eq!(words, "maxAgeSeconds 300, not 60");
    assert_ok(&with(&[(
        freshness,
        json!({"observedAt": "2026-05-03T11:29:00+02:00"}),
    )]))
    .await;
}

#[tokio::test]
async fn a_pass_that_is_listed_otherwise_is_unearned() {
    let fact = json!({"name": "load", "status": "unknown", "reason": "NO_DATA"});
    passes_unearned(&[(FACT, fact)]).await;
}

#[tokio::test]
async fn a_pass_that_is_not_listed_is_unearned_unless_others_may_pass() {
    let none = ("/expected/facts", json!([]));
    passes_unearned(std::slice::from_ref(&none)).await;
    assert_ok(&with(&[none, ("/othersMayPass", json!(true))])).await;
}

#[tokio::test]
async fn a_pass_where_a_failure_is_expected_is_unearned() {
    let expected = json!({"outcome": "failure", "failure": {"code": "DENIED"}});
    passes_unearned(&[("/expected", expected)]).await;
}

#[tokio::test]
async fn failures_are_compared_by_code_and_time() {
    let throttled = json!({"status": 429, "headers": {"Retry-After": "60"}});
    let expected = |code: &str, at: &str| json!({"outcome": "failure", "failure": {"code": code, "retryAt": at}});
    let case = |code: &str, at: &str| {
        [
            ("/exchanges/0/response", throttled.clone()),
            ("/expected", expected(code, at)),
        ]
    };
    assert_ok(&with(&case("THROTTLED", "2026-05-03T09:31:00Z"))).await;
    let words = differs(&case("DENIED", "2026-05-03T09:32:00Z")).await;
    assert_eq!(
        words,
        "failure THROTTLED, not DENIED; \
         retryAt 2026-05-03T09:31:00Z, not 2026-05-03T09:32:00Z"
    );
}

#[tokio::test]
async fn a_failure_where_evidence_is_expected_differs() {
    let words = differs(&[("/exchanges/0/response", json!({"status": 403}))]).await;
    assert_eq!(words, "failure DENIED, not evidence");
}

#[tokio::test]
async fn a_configuration_is_refused_at_its_path_and_nothing_is_asked() {
    let refused = |path: &str| json!({"outcome": "refused", "refused": {"path": path}});
    for (key, value, path) in [
        ("scope", json!({"target": "*"}), "scope.target"),
        ("scope", json!({"target": "*"}), "scope"),
        ("scope", json!({}), "scope.target"),
        ("selector", json!(1), "selector"),
        ("credential", json!("inline-secret"), "credential"),
        ("endpoint", json!("http://169.254.169.254"), "endpoint"),
        ("thresholds", json!({"load": "< 5s"}), "thresholds.load"),
        ("max_age", json!("never"), "max_age"),
    ] {
        let change = (format!("/source/{key}"), value);
        let case = [(&*change.0, change.1), ("/expected", refused(path))];
        assert_ok(&with(&case)).await;
    }
    let elsewhere = [
        ("/source/scope", json!({"target": "*"})),
        ("/expected", refused("scope.targets")),
    ];
    let words = differs(&elsewhere).await;
    assert!(words.starts_with("refused at scope.target: "), "{words}");
}

#[tokio::test]
async fn a_configuration_that_is_not_refused_differs() {
    let expected = json!({"outcome": "refused", "refused": {"path": "scope"}});
    let verdict = played(&with(&[("/expected", expected)])).await;
    let words = verdict.difference.unwrap();
    assert!(words.contains("not a refused configuration"), "{words}");
}

#[tokio::test]
async fn a_refusal_where_evidence_is_expected_differs() {
    let words = differs(&[("/source/scope", json!({"target": "*"}))]).await;
    assert!(
        words.starts_with("refused (scope.target: is no single target), not evidence"),
        "{words}"
    );
}

#[tokio::test]
async fn a_connector_that_is_not_built_differs() {
    let words = differs(&[("/connector", json!("sonar"))]).await;
    assert_eq!(words, "connector sonar is not built");
}

#[tokio::test]
async fn a_rule_that_is_not_played_differs() {
    let words = differs(&[("/rules", json!({"waitMs": [1, 2]}))]).await;
    assert_eq!(words, "rule waitMs is not played by this version");
}

#[tokio::test]
async fn how_much_was_taken_out_of_lines_is_compared_also_where_none_are_shown() {
    let rules = |counts: Value| [("/rules", json!({"redactions": counts}))];
    assert_ok(&with(&rules(json!({})))).await;
    let words = differs(&rules(json!({"email": 1}))).await;
    assert_eq!(words, r#"redactions {}, not {"email": 1}"#);
}

#[tokio::test]
async fn a_provider_with_a_certificate_is_reached_where_it_is_trusted() {
    let tls = |trusted| json!({"tls": {"notAfter": "2099-01-01T00:00:00Z", "trusted": trusted}});
    assert_ok(&with(&[("/rules", tls(true))])).await;
    let words = differs(&[("/rules", tls(false))]).await;
    assert_eq!(words, "failure UNREACHABLE, not evidence");
}

#[tokio::test]
async fn texts_that_must_be_absent_are_looked_for_in_evidence_and_log() {
    let words = differs(&[("/expected/absent", json!(["shop/production"]))]).await;
    assert_eq!(words, r#"the log holds "shop/production""#);
    let words = differs(&[("/expected/absent", json!([r#""value":"50%""#]))]).await;
    assert_eq!(words, r#"the evidence holds "\"value\":\"50%\"""#);
}

#[tokio::test]
async fn a_logged_environment_value_differs_and_is_not_repeated() {
    let mut body = status(0.5);
    body["note"] = json!("case-token-1 is said \"aloud\"");
    let changes = [
        ("/connector", json!("careless")),
        ("/source", probe::source("careless")),
        ("/expected/freshness", json!({})),
        (BODY, body.clone()),
    ];
    let words = differs(&changes).await;
    assert_eq!(words, "the log holds the value of PROBE_TOKEN");
    let careful = [(BODY, body), ("/expected/absent", json!(["\"aloud\""]))];
    assert_ok(&with(&careful)).await;
}

#[tokio::test]
async fn a_text_is_found_in_the_log_where_it_stands_escaped() {
    let mut body = status(0.5);
    body["note"] = json!("a \"quoted\" word");
    let changes = [
        ("/connector", json!("careless")),
        ("/source", probe::source("careless")),
        ("/expected/freshness", json!({})),
        ("/expected/absent", json!([r#""note":"a \"quoted\" word""#])),
        (BODY, body),
    ];
    assert!(differs(&changes).await.starts_with("the log holds"));
}

#[tokio::test]
async fn the_number_of_requests_is_compared_where_it_is_listed() {
    assert_ok(&with(&[("/rules", json!({"requests": 1}))])).await;
    let words = differs(&[("/rules", json!({"requests": 2}))]).await;
    assert_eq!(words, "the provider saw 1 requests, not 2");
}

#[tokio::test]
async fn a_hanging_provider_is_given_up_at_the_deadline() {
    let changes = [
        ("/rules", json!({"deadline": "1s"})),
        ("/exchanges/0/fault", json!("hang")),
        (
            "/expected",
            json!({"outcome": "failure", "failure": {"code": "TIMED_OUT"}}),
        ),
    ];
    assert_ok(&with(&changes)).await;
}

fn delivered(deliveries: Value, responses: Value) -> Value {
    with(&[
        ("/exchanges", json!([])),
        ("/deliveries", deliveries),
        ("/rules", json!({"responses": responses})),
    ])
}

#[tokio::test]
async fn deliveries_are_given_first_and_their_answers_compared() {
    let token = json!({"authorization": "Bearer case-token-1"});
    let body = status(0.5).to_string();
    let at = "2026-05-03T09:29:30Z";
    let deliveries = json!([
        {"headers": token, "bodyText": body, "receivedAt": at, "result": "accepted"},
        {"headers": token, "bodyText": body, "receivedAt": at, "result": "duplicate"},
        {"headers": {}, "bodyText": body, "result": "rejected"},
        {"headers": token, "bodyBase64": "AAEC", "result": "rejected"},
    ]);
    let responses = json!([
        {"status": 202, "headers": {"Content-Type": "application/json"}, "body": {"kept": 1}},
        {"status": 202, "body": {}},
        {"status": 401},
        {"status": 400}
    ]);
    assert_ok(&delivered(deliveries.clone(), responses)).await;

    let wrong = json!([
        {"status": 200, "headers": {"X-Kept": "1"}, "body": {"kept": 2}},
        {"status": 202}, {"status": 401}
    ]);
    let verdict = played(&delivered(deliveries, wrong)).await;
    let words = verdict.difference.unwrap();
    for part in [
        "3 responses are listed for 4 deliveries",
        "the answer to delivery 0 has status 202, not 200",
        "the answer to delivery 0 has no header X-Kept: 1",
        r#"the answer to delivery 0 has the body {"kept":1}, not one with {"kept":2}"#,
    ] {
        assert!(words.contains(part), "{words}");
    }
}

#[tokio::test]
async fn another_fate_of_a_delivery_differs() {
    let deliveries = json!([{"bodyText": "{}", "result": "accepted"}]);
    let verdict = played(&with(&[("/deliveries", deliveries)])).await;
    assert_eq!(
        verdict.difference.unwrap(),
        "delivery 0 is rejected, not accepted"
    );
}

#[tokio::test]
async fn folders_are_replayed_in_order_and_narrowed_to_a_connector() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, case: &Value| {
        let file = folder.path().join(format!("{name}.case.json"));
        std::fs::write(file, case.to_string()).unwrap();
    };
    for name in ["a", "b", "c", "d", "e", "f"] {
        write(name, &with(&[("/name", json!(name))]));
    }
    write("z", &with(&[("/connector", json!("sonar"))]));
    let registry = probe::registry();
    let all = replay_paths(&[folder.path()], None, &registry)
        .await
        .unwrap();
    let ok: Vec<_> = all.iter().map(|verdict| verdict.ok).collect();
    assert_eq!(ok, [true, true, true, true, true, true, false]);
    let mine = replay_paths(&[folder.path()], Some("probe"), &registry)
        .await
        .unwrap();
    let names: Vec<_> = mine.iter().map(|verdict| &*verdict.case).collect();
    assert_eq!(names, ["a", "b", "c", "d", "e", "f"]);
    write("y", &json!({}));
    assert!(
        replay_paths(&[folder.path()], None, &registry)
            .await
            .is_err()
    );
}
