use passport_evidence::{FailureCode, Reason};
use passport_testkit::case::Case;
use passport_testkit::conformance::{Breaches, Conformance, Ending, Situation};
use serde_json::{Value, json};

use crate::probe;

fn passing(connector: &str) -> Case {
    reading(connector, probe::source(connector))
}

fn reading(connector: &str, source: Value) -> Case {
    let case = json!({
        "format": "passport-case/1", "name": "good", "connector": connector, "why": "w",
        "now": "2026-05-03T09:30:00Z",
        "scope": {"workspaceId": "acme", "service": "shop", "environment": "production"},
        "source": source,
        "env": {"PROBE_TOKEN": "case-token-1"},
        "exchanges": [{
            "request": {"method": "GET", "path": "/status"},
            "response": {"status": 200, "body": {
                "target": "shop", "load": 0.5, "at": "2026-05-03T09:29:00Z",
                "link": "https://example.com", "labels": [{"pod": "a"}, {"pod": "b"}]
            }}
        }],
        "expected": {"outcome": "evidence"}
    });
    load(&case)
}

fn load(case: &Value) -> Case {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("c.case.json");
    std::fs::write(&file, case.to_string()).unwrap();
    Case::load(file).unwrap()
}

async fn breaches(suite: Conformance) -> String {
    match suite.run(&probe::registry()).await {
        Ok(()) => String::new(),
        Err(breaches) => breaches.to_string(),
    }
}

#[tokio::test]
async fn a_careful_connector_conforms() {
    let ran = Conformance::new(passing("probe"))
        .run(&probe::registry())
        .await;
    assert_eq!(ran, Ok::<(), Breaches>(()));
}

#[tokio::test]
async fn a_careless_connector_is_told_all_that_it_does_not_hold_to() {
    let breaches = breaches(Conformance::new(passing("careless"))).await;
    for breach in [
        "HalfJson: evidence, not MALFORMED",
        "Html: evidence, not MALFORMED",
        "Empty: evidence, not MALFORMED",
        "Null: load is not unknown UNEXPECTED_SHAPE",
        "answer 0, /load deleted: load passes with 0",
        "answer 0, /load null: load passes with 0",
        "answer 0, /link: the evidence shows a secret in it",
        "a secret stands in the log",
    ] {
        assert!(breaches.contains(breach), "{breach}\n{breaches}");
    }
    assert!(!breaches.contains("Denied"), "{breaches}");
}

#[tokio::test]
async fn a_situation_may_end_otherwise_where_the_connector_says_so() {
    let suite = Conformance::new(passing("probe"))
        .where_it_ends(Situation::NotFound, Ending::Unknown(Reason::NoData))
        .where_it_ends(Situation::Null, Ending::Failure(FailureCode::Malformed));
    assert_eq!(
        breaches(suite).await,
        "NotFound: NOT_FOUND, not unknown NO_DATA\nNull: evidence, not MALFORMED"
    );
}

#[tokio::test]
async fn a_case_in_which_nothing_passes_proves_nothing() {
    let mut source = probe::source("probe");
    source["thresholds"] = json!({"load": "< 10%"});
    let case = reading("probe", source);
    assert_eq!(
        breaches(Conformance::new(case)).await,
        "nothing passes in the case that the suite starts from"
    );
}
