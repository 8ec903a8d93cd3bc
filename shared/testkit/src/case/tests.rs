use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::json;

use super::*;

fn connectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../services/metrics/src/connectors")
}

/// A folder of this test's own, with a file in it.
fn file(test: &str, name: &str, text: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("passport-case-{}-{test}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join(name);
    fs::write(&file, text).unwrap();
    file
}

fn least() -> Value {
    json!({
        "format": FORMAT, "name": "least", "connector": "c", "why": "w",
        "now": "2026-05-03T09:30:00Z",
        "scope": {"workspaceId": "w", "service": "s", "environment": "e"},
        "source": {}, "expected": {"outcome": "refused"}
    })
}

#[test]
fn every_case_in_the_repository_loads() {
    let cases = load_folder(connectors(), None).unwrap();
    assert!(cases.len() >= 89, "{}", cases.len());
    for case in &cases {
        let folder = case.file.ancestors().nth(2).unwrap();
        let own = case.connector.replace('-', "_");
        assert!(folder.ends_with(own), "{}", case.file.display());
        assert!(case.file.ends_with(format!("{}.case.json", case.name)));
    }
}

#[test]
fn a_folder_is_loaded_in_order_and_narrowed_to_a_connector() {
    let cases = load_folder(connectors(), Some("otlp")).unwrap();
    assert!(cases.iter().all(|case| case.connector == "otlp"));
    assert!(cases.is_sorted_by_key(|case| &case.file));
    assert!(!cases.is_empty());
}

#[test]
fn a_single_file_is_loaded_whatever_its_name() {
    let path = file("single", "mine.json", &least().to_string());
    assert_eq!(load_folder(&path, None).unwrap()[0].name, "least");
}

#[test]
fn what_a_case_leaves_out_changes_nothing() {
    let case = Case::load(file("least", "a.case.json", &least().to_string())).unwrap();
    assert_eq!(case.rules, Rules::default());
    assert!(case.exchanges.is_empty() && case.deliveries.is_empty() && !case.others_may_pass);
    assert_eq!(case.expected.outcome, Outcome::Refused);
}

#[test]
fn no_time_is_told_apart_from_a_time_that_is_not_compared() {
    let mut json = least();
    json["expected"]["freshness"] = json!({"observedAt": null});
    let case = Case::load(file("null", "a.case.json", &json.to_string())).unwrap();
    assert_eq!(case.expected.freshness.unwrap().observed_at, Some(None));
    json["expected"]["freshness"] = json!({"maxAgeSeconds": 5});
    let case = Case::load(file("null", "a.case.json", &json.to_string())).unwrap();
    assert_eq!(case.expected.freshness.unwrap().observed_at, None);
}

#[test]
fn an_unknown_key_anywhere_is_an_error_that_names_the_file() {
    let places = [
        "",
        "/scope",
        "/expected",
        "/rules",
        "/exchanges/0",
        "/exchanges/0/request",
        "/exchanges/0/response",
    ];
    for place in places {
        let mut json = least();
        json["rules"] = json!({});
        json["exchanges"] = json!([{"request": {}, "response": {"status": 200}}]);
        json.pointer_mut(place).unwrap()["surprise"] = json!(1);
        let error = Case::load(file("unknown", "odd.case.json", &json.to_string())).unwrap_err();
        assert!(error.to_string().contains("odd.case.json"), "{error}");
        assert!(
            error.source().unwrap().to_string().contains("surprise"),
            "{place}"
        );
    }
}

#[test]
fn another_form_is_refused() {
    let mut json = least();
    json["format"] = json!("passport-case/2");
    let error = Case::load(file("form", "a.case.json", &json.to_string())).unwrap_err();
    assert!(matches!(error, CaseError::Format { found, .. } if found == "passport-case/2"));
}

#[test]
fn a_missing_file_is_an_error_that_names_it() {
    let error = Case::load("/nowhere/a.case.json").unwrap_err();
    assert_eq!(error.to_string(), "could not read /nowhere/a.case.json");
}

#[test]
fn addresses_are_put_in_everywhere() {
    let mut json = least();
    json["source"] = json!({"endpoint": "{{BASE}}/x", "mail": {"endpoint": "{{SMTP}}"}});
    json["env"] = json!({"HOOK": "{{BASE}}/hook"});
    json["expected"]["absent"] = json!(["{{BASE}}"]);
    json["exchanges"] =
        json!([{"request": {}, "response": {"status": 200, "body": {"next": "{{BASE}}/2"}}}]);
    let open = Case::load(file("fill", "a.case.json", &json.to_string())).unwrap();
    let addresses = Addresses {
        smtp: Some("smtp://h:2".into()),
        ..Addresses::base("http://h:1")
    };
    let case = open.at(&addresses).unwrap();
    assert_eq!(
        case.source,
        json!({"endpoint": "http://h:1/x", "mail": {"endpoint": "smtp://h:2"}})
    );
    assert_eq!(case.env["HOOK"], "http://h:1/hook");
    assert_eq!(case.expected.absent, ["http://h:1"]);
    let body = case.exchanges[0].response.clone().unwrap().body.unwrap();
    assert_eq!(body, json!({"next": "http://h:1/2"}));
    assert_eq!(open.source["endpoint"], "{{BASE}}/x");
    assert_eq!(open.at(&Addresses::default()).unwrap(), open);
}

#[test]
fn a_deadline_is_a_duration() {
    let mut json = least();
    for (text, seconds) in [("2s", 2), ("5m", 300), ("12h", 43_200), ("7d", 604_800)] {
        json["rules"] = json!({"deadline": text});
        let case = Case::load(file("deadline", "a.case.json", &json.to_string())).unwrap();
        assert_eq!(case.rules.deadline, Some(Duration::from_secs(seconds)));
    }
    for text in ["", "s", "2", "2y", "-2s", "é"] {
        json["rules"] = json!({"deadline": text});
        assert!(
            Case::load(file("deadline", "a.case.json", &json.to_string())).is_err(),
            "{text}"
        );
    }
}

#[test]
fn an_exchange_without_an_answer_is_an_error() {
    for (fault, index) in [
        (json!("truncate"), Some(0)),
        (json!(null), Some(0)),
        (json!("reset"), None),
    ] {
        let mut json = least();
        json["exchanges"] = json!([{"request": {}, "fault": fault}]);
        let loaded = Case::load(file("silent", "a.case.json", &json.to_string()));
        let found = match loaded {
            Err(CaseError::NoAnswer { index, .. }) => Some(index),
            _ => None,
        };
        assert_eq!(found, index, "{fault}");
    }
}
