//! Whatever a webhook says, nothing breaks, nothing of it is kept, and only one that is signed, of this minute
//! and of the source's team is taken.

use std::sync::OnceLock;

use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use passport_connector_sdk::{Accepted, Connector, Delivery};
use passport_testkit::connector;
use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};
use sha2::Sha256;

use super::bench::now;
use crate::connectors::{changes, linear::Linear};

/// Webhooks of one set. With so many sets it is 100,000 webhooks.
const TOGETHER: usize = 50;
const SETS: u32 = 2_000;
const SECRET: &str = "not-a-real-secret";
const ID: &str = "234d1a4e-b617-4388-90fe-adc3633d6b72";
const NOW: i64 = 1_777_800_605_000;

fn source() -> &'static dyn Connector {
    static SOURCE: OnceLock<Box<dyn Connector>> = OnceLock::new();
    let source = SOURCE.get_or_init(|| {
        let source = json!({
            "connector": "linear", "credential": {"env": "KEY"},
            "scope": {"team": "ENG", "issue": "ENG-42"},
            "signing_secrets": [{"env": "OLD"}, {"env": "HOOK"}],
        });
        let secrets = [("KEY", "key"), ("OLD", "another"), ("HOOK", SECRET)];
        connector::built::<Linear>(&source, &connector::hub(&secrets)).unwrap()
    });
    &**source
}

fn deliver_as(signature: &str, id: &str, body: &str) -> Result<Accepted, StatusCode> {
    let header = |name, value: &str| {
        let name = HeaderName::from_static(name);
        (name, HeaderValue::from_str(value).unwrap())
    };
    let headers = [
        header("linear-signature", signature),
        header("linear-delivery", id),
    ];
    let delivery = Delivery {
        headers: HeaderMap::from_iter(headers),
        body: Bytes::from(body.to_owned()),
        received_at: now(),
    };
    source().accept(&delivery).map_err(|it| it.reply.status)
}

fn signed(body: &str) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    hex::encode(mac.chain_update(body.as_bytes()).finalize().into_bytes())
}

/// What becomes of a body that is well signed.
fn deliver(body: &str) -> Result<Accepted, StatusCode> {
    deliver_as(&signed(body), ID, body)
}

fn event() -> Value {
    json!({
        "action": "update", "type": "Issue", "webhookTimestamp": NOW, "webhookId": "wh-1",
        "actor": {"name": "Sample User"},
        "data": {
            "identifier": "ENG-42", "title": "Sample Customer", "team": {"key": "ENG"},
            "state": {"type": "completed"},
        },
    })
}

#[test]
fn a_delivery_is_known_by_its_id_and_its_text() {
    let body = event().to_string();
    let key = deliver(&body).unwrap().idempotency_key;
    assert_eq!(deliver(&body).unwrap().idempotency_key, key);
    let other = deliver_as(&signed(&body), "another", &body).unwrap();
    assert_ne!(other.idempotency_key, key);
    let longer = format!("{body} ");
    assert_ne!(deliver(&longer).unwrap().idempotency_key, key);
    assert!(deliver(&body).unwrap().keep_for >= chrono::TimeDelta::hours(24));
}

/// Any values for the parts that are looked at, and changes anywhere.
fn changed() -> impl Strategy<Value = Value> {
    let times = vec![
        json!(NOW),
        json!(NOW - 60_000),
        json!(NOW - 60_001),
        json!(NOW + 60_001),
        json!(NOW / 1000),
        json!(i64::MIN),
        json!(u64::MAX),
        json!("1777800605000"),
        json!(null),
    ];
    let values = vec![
        json!(null),
        json!(0),
        json!(""),
        json!("OPS"),
        json!("canceled"),
        json!([]),
        json!({}),
        json!({"key": "OPS"}),
        json!({"team": {"key": "OPS"}}),
        json!({"team": 7}),
        json!(NOW),
    ];
    let changes = prop::collection::vec(changes::change(&event(), values), 0..3);
    (select(times), changes).prop_map(|(time, changes)| {
        let mut event = event();
        event["webhookTimestamp"] = time;
        for change in &changes {
            change.apply(&mut event);
        }
        event
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(SETS))]

    #[test]
    fn changed_events_are_taken_only_of_this_minute_and_team(
        events in prop::collection::vec(changed(), TOGETHER),
    ) {
        for event in &events {
            let text = event.to_string();
            let unsigned = deliver_as(&"0".repeat(64), ID, &text).map(drop);
            prop_assert_eq!(unsigned, Err(StatusCode::UNAUTHORIZED));
            let sent = event["webhookTimestamp"].as_i64();
            let is_now = sent.is_some_and(|it| it.abs_diff(NOW) <= 60_000);
            let team = event["data"]["team"]["key"].as_str();
            let is_ours = team.is_none_or(|it| it == "ENG");
            match deliver(&text) {
                Ok(taken) => {
                    prop_assert!(is_now && is_ours, "{event}");
                    prop_assert!(taken.records.is_empty());
                }
                Err(_) => prop_assert!(!is_now || !is_ours, "{event}"),
            }
        }
    }

    #[test]
    fn arbitrary_texts_break_nothing(text in ".{0,200}") {
        prop_assert!(deliver_as("0", ID, &text).is_err());
        prop_assert!(deliver(&text).is_err());
    }
}
