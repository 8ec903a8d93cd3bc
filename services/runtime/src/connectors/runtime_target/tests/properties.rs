//! Whatever a target answers, nothing passes that its answer does not say; whatever a person states, nothing
//! passes at all.

use chrono::{DateTime, TimeDelta, Utc};
use passport_connector_sdk::provider::Probed;
use passport_evidence::{Fact, Reason, Status, Subject};
use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

use crate::connectors::runtime_target::{
    declared::Declaration,
    facts::{self, Outcome},
    probe::Wanted,
    settings::DeclaredState,
};

const ANSWERS: u32 = 100_000;
const WORDS: u32 = 20_000;

fn now() -> DateTime<Utc> {
    "2026-05-03T09:30:00Z".parse().unwrap()
}

fn subject() -> Subject {
    Subject {
        version: Some("2.14.0".to_owned()),
        ..Subject::default()
    }
}

fn wanted(expected: Value) -> Wanted {
    let expected = serde_json::from_value(expected).unwrap();
    Wanted::of_body(vec![200, 204], expected, Some("/version".to_owned()))
}

fn answered(status: u16, body: &[u8], wanted: &Wanted) -> Vec<Fact> {
    let answer = Probed {
        status: http::StatusCode::from_u16(status).unwrap(),
        headers: http::HeaderMap::new(),
        body: body.to_vec().into(),
        certificate: None,
    };
    facts::of(&Outcome::Answered(answer), wanted, Some(&subject()), now())
}

/// Values that come near to what is wanted.
fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => select(vec![
            json!("ok"), json!("OK"), json!("ok "), json!("2.14.0"), json!("2.14"), json!(true),
            json!(null), json!(1), json!(1.0), json!("1"), json!(0), json!(-1), json!(u64::MAX),
        ]),
        1 => ".{0,8}".prop_map(Value::from),
    ]
}

fn document() -> impl Strategy<Value = Value> {
    let keys = || select(vec!["status", "version", "Status", "lag", ""]);
    leaf().prop_recursive(3, 12, 3, move |inner| {
        let keys = keys();
        prop_oneof![
            3 => prop::collection::vec((keys, inner.clone()), 0..4).prop_map(|entries| {
                entries.into_iter().map(|(key, it)| (key.to_owned(), it)).collect()
            }),
            1 => prop::collection::vec(inner, 0..3).prop_map(Value::from),
        ]
    })
}

/// A body: JSON, or what may be left of it.
fn body() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        6 => document().prop_map(|it| it.to_string().into_bytes()),
        1 => (document(), any::<prop::sample::Index>()).prop_map(|(it, at)| {
            let text = it.to_string().into_bytes();
            text[..at.index(text.len() + 1)].to_vec()
        }),
        1 => prop::collection::vec(any::<u8>(), 0..40),
    ]
}

/// What the body has to be for a fact to pass, read another way.
fn may_pass(fact: &Fact, status: u16, body: &[u8]) -> bool {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let is_expected = [200, 204].contains(&status);
    match fact.name().as_str() {
        "declared_target_state" => is_expected && body["status"] == "ok",
        "declared_version" => is_expected && body["version"] == "2.14.0",
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ANSWERS))]

    #[test]
    fn answers_pass_nothing_that_they_do_not_say(
        status in prop_oneof![3 => Just(200), 1 => 100_u16..600],
        body in body(),
    ) {
        let wanted = wanted(json!([{"pointer": "/status", "equals": "ok"}]));
        let found = answered(status, &body, &wanted);
        prop_assert_eq!(found.len(), 3);
        let passed = found.iter().filter(|it| it.status() == Status::Passed);
        let unearned: Vec<_> = passed.filter(|it| !may_pass(it, status, &body)).collect();
        prop_assert!(unearned.is_empty(), "{status} {body:?}: {unearned:?}");
    }

}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(WORDS))]

    #[test]
    fn without_an_expectation_no_state_passes(status in 100_u16..600, body in body()) {
        let found = answered(status, &body, &wanted(json!([])));
        prop_assert_ne!(found[0].status(), Status::Passed);
    }

    #[test]
    fn a_word_never_passes(
        state in select(vec![
            DeclaredState::Healthy, DeclaredState::Degraded, DeclaredState::Down,
            DeclaredState::Maintenance,
        ]),
        ago in -100_000_i64..100_000,
        lasts in 1_i64..86_400,
    ) {
        let declared_at = now() - TimeDelta::seconds(ago);
        let expires_at = declared_at + TimeDelta::seconds(lasts);
        let declaration = Declaration { state, declared_at, expires_at };
        let found = facts::of_word(&declaration, now());
        prop_assert!(found.iter().all(|it| it.status() != Status::Passed));
        let holds = ago >= -60 && ago < lasts;
        let is_word = found[0].reason() == Some(Reason::SelfDeclared);
        prop_assert_eq!(holds, is_word, "{:?}", found[0]);
    }
}

#[test]
fn an_answer_that_says_all_passes_in_all_but_the_certificate() {
    let wanted = wanted(json!([{"pointer": "/status", "equals": "ok"}]));
    let body = json!({"status": "ok", "version": "2.14.0"}).to_string();
    let found = answered(200, body.as_bytes(), &wanted);
    let passed = found.iter().filter(|it| it.status() == Status::Passed);
    assert_eq!(passed.count(), 2, "{found:?}");
}
