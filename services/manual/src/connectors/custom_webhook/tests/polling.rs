//! Only a good word with a good status passes, and nothing of a body is shown but a word.

use http::StatusCode;
use passport_evidence::Status;
use passport_testkit::{
    connector,
    provider::{Provider, Reply},
};
use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

use super::sender::at;
use crate::connectors::custom_webhook::{
    CustomWebhook,
    poll::{answer::Answer, health},
    settings::Format,
};

const GOOD: [&str; 5] = ["pass", "ok", "up", "UP", "Healthy"];

proptest! {
    #![proptest_config(ProptestConfig { cases: 5_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn only_a_good_word_with_a_good_status_passes(word in prop_oneof![select(GOOD.as_slice()).prop_map(str::to_owned), "[A-Za-z_]{0,12}", ".{0,40}"], is_expected in any::<bool>()) {
        let answer = Answer::Word(Some(word.clone()));
        let fact = health::fact(&answer, Format::Actuator, is_expected).unwrap();
        let passed = fact.status() == Status::Passed;
        prop_assert_eq!(passed, is_expected && GOOD.contains(&word.as_str()), "{}", word);
        let shown = fact.value_text().unwrap_or_default();
        prop_assert!(shown.is_empty() || shown == word || shown == "unexpected");
        prop_assert!(shown.chars().all(|it| it.is_ascii_alphabetic() || it == '_' || it == '-'));
        prop_assert!(is_expected || fact.status() == Status::Failed);
    }

    #[test]
    fn a_status_alone_passes_only_as_an_expected_success(status in 200_u16..600, is_expected in any::<bool>()) {
        let answer = Answer::Status(StatusCode::from_u16(status).unwrap());
        let fact = health::fact(&answer, Format::StatusOnly, is_expected).unwrap();
        let may = is_expected && (200..300).contains(&status);
        prop_assert!(may || fact.status() != Status::Passed);
    }
}

/// What a poll of an endpoint that answers so says of its caller's credential.
async fn checked(reply: Reply, headers: Value) -> Result<Option<String>, String> {
    let provider = Provider::script().otherwise(reply).start().await.unwrap();
    let source = json!({
        "connector": "custom-webhook",
        "mode": "pull",
        "endpoint": format!("{}/ready", provider.base()),
        "format": "actuator",
        "headers": headers,
    });
    let hub = connector::hub(&[("HEALTH_KEY", "key-1")]);
    let source = connector::built::<CustomWebhook>(&source, &hub).unwrap();
    let said = source.check(&connector::request(at(0))).await;
    assert_eq!(provider.requests().len(), 1);
    said.map(|it| it.facts[0].value_text())
        .map_err(|it| it.code.to_string())
}

#[tokio::test]
async fn an_endpoint_does_not_tell_what_else_its_caller_may_do() {
    let well = || Reply::json(200, json!({"status": "UP"}));
    let key = json!({"x-health-key": {"env": "HEALTH_KEY"}});
    let unverifiable = Ok(Some("unverifiable".to_owned()));
    assert_eq!(checked(well(), key.clone()).await, unverifiable);
    assert_eq!(checked(well(), json!({})).await, Ok(None));
    // One that is not well answers all the same.
    let ill = Reply::json(503, json!({"status": "DOWN"}));
    assert_eq!(checked(ill, key.clone()).await, unverifiable);
    let denied = Reply::json(403, json!({}));
    assert_eq!(checked(denied, key).await, Err("DENIED".to_owned()));
}
