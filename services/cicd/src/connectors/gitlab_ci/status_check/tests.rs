use std::time::Duration;

use chrono::DateTime;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{HeaderMap, HeaderValue, StatusCode};
use passport_connector_sdk::{Connector, Delivery, Hub, Question};
use passport_testkit::change::{Change, places};
use passport_testkit::{connector, scenario::source_id};
use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};
use sha2::Sha256;

use super::*;
use crate::connectors::{gitlab_ci::GitlabCi, registry};

const SHA: &str = "4f1c2e9a7b6d5c4e3f2a1b0c9d8e7f6a5b4c3d2e";

fn build(source: &Value) -> Box<dyn Connector> {
    connector::built::<GitlabCi>(source, &hub()).unwrap()
}

fn source(project: Value) -> Value {
    json!({
        "connector": "gitlab-ci", "endpoint": "https://gitlab.example.com",
        "credential": {"env": "TOKEN"}, "scope": {"project": project},
        "signing_secrets": [{"env": "HOOK"}],
        "answers": {"status_check": 7, "credential": {"env": "ANSWERS"}},
    })
}

fn hub() -> Hub {
    let token = "token-of-this-test";
    connector::hub(&[
        ("TOKEN", token),
        ("ANSWERS", token),
        ("HOOK", "not-a-real-secret"),
    ])
}

fn payload() -> Value {
    json!({
        "object_kind": "merge_request", "event_type": "merge_request",
        "project": {"id": 6, "path_with_namespace": "acme/checkout-api"},
        "object_attributes": {
            "iid": 12, "state": "opened", "target_branch": "main", "last_commit": {"id": SHA},
        },
        "external_approval_rule": {"id": 7, "name": "Passport", "external_url": "https://p.example"},
    })
}

fn with(pointer: &str, value: Value) -> Value {
    let mut payload = payload();
    *payload.pointer_mut(pointer).unwrap() = value;
    payload
}

fn delivery(payload: &Value, secret: &str) -> Delivery {
    let body = payload.to_string();
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    let digits = hex::encode(mac.chain_update(&body).finalize().into_bytes());
    let mut headers = HeaderMap::new();
    headers.insert(SIGNATURE, HeaderValue::from_str(&digits).unwrap());
    Delivery {
        headers,
        body: body.into(),
        received_at: DateTime::from_timestamp(1_777_800_600, 0).unwrap(),
    }
}

/// What a delivery asks, or how it is refused.
fn asks(source: &dyn Connector, delivery: &Delivery) -> Result<Option<Question>, StatusCode> {
    let accepted = source.accept(delivery).map_err(|it| it.reply.status)?;
    assert!(accepted.records.is_empty(), "nothing of it is kept");
    Ok(source.question(delivery))
}

fn asked(payload: &Value) -> Result<Option<Question>, StatusCode> {
    let source = build(&source(json!("acme/checkout-api")));
    asks(&*source, &delivery(payload, "not-a-real-secret"))
}

#[test]
fn an_open_merge_request_asks_about_its_newest_commit() {
    for project in [json!("acme/checkout-api"), json!(6)] {
        let source = build(&source(project));
        let asked = asks(&*source, &delivery(&payload(), "not-a-real-secret"));
        let question = asked.unwrap().unwrap();
        assert_eq!(question.subject.revision.as_deref(), Some(SHA));
        assert_eq!(&*question.handle, format!("12/{SHA}").as_bytes());
        assert_eq!(question.patience, Duration::from_secs(100));
    }
}

#[test]
fn what_is_of_another_check_or_not_open_asks_nothing() {
    let other = with("/external_approval_rule/id", json!(8));
    let merged = with("/object_attributes/state", json!("merged"));
    for payload in [other, merged] {
        assert_eq!(asked(&payload), Ok(None));
    }
}

#[test]
fn what_is_forged_or_of_another_project_is_told_alike() {
    let source = build(&source(json!("acme/checkout-api")));
    let forged = asks(&*source, &delivery(&payload(), "another-secret"));
    assert_eq!(forged, Err(StatusCode::UNAUTHORIZED));
    let other = with("/project/path_with_namespace", json!("acme/other"));
    assert_eq!(asked(&other), Err(StatusCode::UNAUTHORIZED));
    let commit = with("/object_attributes/last_commit/id", json!("main"));
    assert_eq!(asked(&commit), Err(StatusCode::BAD_REQUEST));
}

#[test]
fn a_handle_names_a_merge_request_and_a_commit_and_nothing_else() {
    let good = format!("12/{SHA}");
    assert_eq!(read(good.as_bytes()), Some((12, SHA)));
    for other in [
        "",
        "12",
        "12/",
        "12/main",
        "/main",
        "+1/4f1c",
        "../12/x",
        "99999999999999999999/x",
    ] {
        assert_eq!(read(other.as_bytes()), None, "{other}");
    }
    let doubled = format!("12/{SHA}/{SHA}");
    assert_eq!(read(doubled.as_bytes()), None);
}

/// Where a source that stands so is wrong.
fn wrong(change: impl FnOnce(&mut Value)) -> Vec<String> {
    let mut source = source(json!("acme/checkout-api"));
    change(&mut source);
    let id = source_id("workspace-acme-prod", "checkout-api", "production", "build").unwrap();
    let problems = registry()
        .build(id, &source, &hub())
        .err()
        .unwrap_or_default();
    problems.into_iter().map(|it| it.path).collect()
}

#[test]
fn a_check_is_one_number_of_a_project_whose_webhooks_are_signed() {
    assert_eq!(wrong(|_| {}), [""; 0]);
    assert_eq!(
        wrong(|it| it["answers"]["status_check"] = json!(0)),
        ["answers.status_check"]
    );
    assert_eq!(
        wrong(|it| it["answers"]["wait"] = json!("2h")),
        ["answers.wait"]
    );
    let unsigned = wrong(|it| {
        it.as_object_mut().unwrap().remove("signing_secrets");
    });
    assert_eq!(unsigned, ["answers"]);
}

fn value() -> impl Strategy<Value = Value> {
    let words = vec![
        "merge_request",
        "pipeline",
        "opened",
        "merged",
        "acme/checkout-api",
        "ACME/Checkout-API",
        "acme/checkout-api-2",
        "main",
        SHA,
    ];
    prop_oneof![
        5 => select(words).prop_map(Value::from),
        2 => select(vec![json!(6), json!(7), json!(8), json!(-7), json!(7.0), json!("7"), json!(u64::MAX)]),
        1 => select(vec![json!(null), json!([]), json!({}), json!(true), payload()]),
        1 => ".{0,20}".prop_map(Value::from),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100_000))]

    #[test]
    fn only_an_open_merge_request_of_the_project_asks_the_check(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>(), value()), 0..4),
        by_path in any::<bool>(),
    ) {
        let mut payload = payload();
        for (at, is_lost, value) in changes {
            let places = places(&payload);
            if places.is_empty() {
                continue;
            }
            let at = at.get(&places).clone();
            let change = match is_lost {
                true => Change::Lost(at),
                false => Change::Set(at, value),
            };
            change.apply(&mut payload);
        }
        let project = match by_path {
            true => Project::Path("acme/checkout-api".to_owned()),
            false => Project::Id(6),
        };
        let check = Check { project, id: 7 };
        let Ok(found) = check.asked(payload.to_string().as_bytes()) else { return Ok(()) };
        let path = payload["project"]["path_with_namespace"].as_str().unwrap();
        let is_ours = match by_path {
            true => path.eq_ignore_ascii_case("acme/checkout-api"),
            false => payload["project"]["id"] == 6,
        };
        prop_assert!(is_ours, "{payload}");
        prop_assert_eq!(&payload["external_approval_rule"]["id"], 7);
        let of = &payload["object_attributes"];
        prop_assert_eq!(&of["state"], "opened");
        prop_assert_eq!(&of["last_commit"]["id"], SHA);
        let handle = format!("{}/{SHA}", of["iid"].as_u64().unwrap());
        prop_assert_eq!(&found.handle, &handle);
        prop_assert_eq!(read(handle.as_bytes()), Some((of["iid"].as_u64().unwrap(), SHA)));
    }
}
