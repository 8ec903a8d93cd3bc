use passport_testkit::change::{Change, places};
use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

use super::*;
use crate::asked::{Asked, Gate as _};

const SHA: &str = "0123456789abcdef0123456789abcdef01234567";

fn gate() -> Gate {
    Gate {
        endpoint: "https://api.github.com".to_owned(),
        owner: "acme".to_owned(),
        repo: "checkout-api".to_owned(),
        environment: "production".to_owned(),
    }
}

fn callback(of: &str, run: &str) -> String {
    format!("{of}/actions/runs/{run}/deployment_protection_rule")
}

fn payload() -> Value {
    json!({
        "action": "requested",
        "environment": "production",
        "event": "push",
        "deployment_callback_url": callback("https://api.github.com/repos/acme/checkout-api", "42"),
        "deployment": { "sha": SHA, "ref": "main" },
        "repository": { "full_name": "acme/checkout-api" },
    })
}

fn asked(payload: &Value) -> Result<Asked, NotAsked> {
    gate().asked(payload.to_string().as_bytes())
}

fn with(key: &str, value: Value) -> Value {
    let mut payload = payload();
    payload[key] = value;
    payload
}

#[test]
fn the_commit_and_the_run_are_those_of_the_deployment() {
    let wanted = Asked {
        revision: SHA.to_owned(),
        handle: "42".to_owned(),
    };
    assert_eq!(asked(&payload()), Ok(wanted));
}

#[test]
fn what_is_about_something_else_asks_nothing() {
    let other = json!({ "full_name": "acme/other" });
    let cases = [
        ("action", json!("completed"), NotAsked::OtherAction),
        ("repository", other, NotAsked::OtherRepository),
        ("environment", json!("staging"), NotAsked::OtherEnvironment),
        ("deployment", json!(null), NotAsked::Unreadable),
        ("deployment", json!({ "sha": "main" }), NotAsked::Unreadable),
    ];
    for (key, value, wanted) in cases {
        assert_eq!(asked(&with(key, value)), Err(wanted), "{key}");
    }
}

#[test]
fn a_callback_elsewhere_is_refused() {
    let own = "https://api.github.com/repos/acme/checkout-api";
    let elsewhere = [
        callback("https://evil.example/repos/acme/checkout-api", "42"),
        callback(
            "https://api.github.com.evil.example/repos/acme/checkout-api",
            "42",
        ),
        callback(
            "https://api.github.com@evil.example/repos/acme/checkout-api",
            "42",
        ),
        callback("http://api.github.com/repos/acme/checkout-api", "42"),
        callback("https://api.github.com/repos/acme/other", "42"),
        callback(
            "https://api.github.com/repos/acme/checkout-api/../other",
            "42",
        ),
        callback(own, ""),
        callback(own, "+42"),
        callback(own, "42/../43"),
        callback(own, "99999999999999999999"),
        format!("{}?to=x", callback(own, "42")),
        format!("{}/", callback(own, "42")),
    ];
    for url in elsewhere {
        let asked = asked(&with("deployment_callback_url", json!(url)));
        assert_eq!(asked, Err(NotAsked::OtherCallback), "{url}");
    }
}

#[test]
fn an_enterprise_server_is_answered_below_its_own_path() {
    let endpoint = "https://github.acme.example/api/v3";
    let gate = Gate {
        endpoint: endpoint.to_owned(),
        ..gate()
    };
    let own = callback(&format!("{endpoint}/repos/acme/checkout-api"), "42");
    let body = with("deployment_callback_url", json!(own)).to_string();
    let asked = gate.asked(body.as_bytes());
    let run = asked.unwrap().handle.parse().unwrap();
    assert_eq!(format!("{endpoint}/{}", gate.path(run).join("/")), own);
}

#[test]
fn every_answer_is_one_that_github_describes() {
    let schema = include_str!("../testdata/octokit-openapi/review-custom-gates.schema.json");
    let schema = serde_json::from_str(schema).unwrap();
    let described = jsonschema::validator_for(&schema).unwrap();
    for state in [None, Some(State::Approved), Some(State::Rejected)] {
        let review = serde_json::to_value(gate().review(state, "held: evidence is stale")).unwrap();
        assert!(described.is_valid(&review), "{review}");
    }
    assert!(!described.is_valid(&json!({ "environment_name": "production" })));
    let approved = serde_json::to_value(gate().review(Some(State::Approved), "fine")).unwrap();
    assert_eq!(
        approved,
        json!({ "environment_name": "production", "state": "approved", "comment": "fine" })
    );
}

#[test]
fn a_long_comment_is_cut_between_characters() {
    let review = serde_json::to_value(gate().review(None, &"é".repeat(600))).unwrap();
    assert_eq!(review["comment"].as_str().unwrap().len(), 1000);
}

#[test]
fn a_handle_names_a_run_and_nothing_else() {
    let answer = Answer {
        word: Word::GoOn,
        comment: "fine".to_owned(),
    };
    assert!(gate().reply(b"42", &answer).is_some());
    let others: [&[u8]; 7] = [
        b"",
        b"+42",
        b"42/",
        b"../42",
        b" 42",
        b"\xff",
        b"99999999999999999999",
    ];
    for other in others {
        assert!(gate().reply(other, &answer).is_none(), "{other:?}");
    }
}

fn value() -> impl Strategy<Value = Value> {
    let own = "https://api.github.com/repos/acme/checkout-api";
    let words = vec![
        "requested".to_owned(),
        "completed".to_owned(),
        "production".to_owned(),
        "staging".to_owned(),
        "acme/checkout-api".to_owned(),
        "ACME/Checkout-API".to_owned(),
        "acme/checkout-api-2".to_owned(),
        SHA.to_owned(),
        SHA.to_uppercase(),
        SHA[..39].to_owned(),
        callback(own, "43"),
        callback(own, "4/../43"),
        callback("https://evil.example/repos/acme/checkout-api", "42"),
        callback("https://api.github.com/repos/ACME/Checkout-API", "42"),
        format!("{}#", callback(own, "42")),
    ];
    prop_oneof![
        5 => select(words).prop_map(Value::from),
        1 => select(vec![json!(null), json!([]), json!({}), json!(42), json!(true), payload()]),
        1 => ".{0,20}".prop_map(Value::from),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100_000))]

    #[test]
    fn only_a_deployment_to_the_environment_of_the_repository_asks(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>(), value()), 0..4),
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
        let Ok(found) = asked(&payload) else { return Ok(()) };
        let repository = payload["repository"]["full_name"].as_str().unwrap();
        prop_assert!(repository.eq_ignore_ascii_case("acme/checkout-api"));
        prop_assert_eq!(&payload["action"], "requested");
        prop_assert_eq!(&payload["environment"], "production");
        prop_assert!(found.revision.eq_ignore_ascii_case(SHA));
        let own = format!("https://api.github.com/repos/{repository}");
        prop_assert_eq!(&payload["deployment_callback_url"], &callback(&own, &found.handle));
        prop_assert!(["42", "43"].contains(&found.handle.as_str()));
    }
}
