//! Whatever is sent, nothing breaks, and only what a signed payload says of this scope passes.

use chrono::DateTime;
use http::{HeaderValue, header::CONTENT_TYPE};
use passport_connector_sdk::Connector;
use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

use super::sender::{NOW, at, facts, good, kept, passed, signed, source};
use crate::connectors::custom_webhook::inbound::MAX_BYTES;

const BODIES: u32 = 100_000;

const PLACES: [&str; 16] = [
    "/scope",
    "/scope/workspaceId",
    "/scope/service",
    "/scope/environment",
    "/freshness",
    "/freshness/observedAt",
    "/freshness/maxAgeSeconds",
    "/facts",
    "/facts/0",
    "/facts/0/name",
    "/facts/0/status",
    "/facts/0/value",
    "/facts/0/threshold",
    "/facts/0/item",
    "/facts/0/reason",
    "/connector",
];

thread_local! {
    static SOURCE: Box<dyn Connector> = source();
}

fn values() -> impl Strategy<Value = Value> {
    const WORDS: [&str; 22] = [
        "",
        "passed",
        "failed",
        "warning",
        "green",
        "PASSED",
        "smoke_test",
        "load_test",
        "error_rate",
        "checkout-api",
        "cart",
        "production",
        "42",
        "39",
        "1%",
        ">= 50",
        ">= 40",
        "< 50",
        "all",
        "STALE",
        "2026-05-03",
        "endpoint_health",
    ];
    let times = (-1_200_i64..600).prop_map(|it| json!(at(it).to_rfc3339()));
    let fact = json!({"name": "load_test", "status": "failed"});
    let odd = vec![
        json!(null),
        json!([]),
        json!({}),
        json!(true),
        json!(["smoke_test", "passed"]),
        json!([fact]),
        json!([{"name": "smoke_test", "status": "passed"}]),
    ];
    prop_oneof![
        5 => select(WORDS.as_slice()).prop_map(Value::from),
        3 => times,
        2 => (-5_i64..2_000).prop_map(Value::from),
        2 => select(odd),
    ]
}

fn payloads() -> impl Strategy<Value = Value> {
    let change = (
        select(PLACES.as_slice()),
        prop::option::weighted(0.8, values()),
    );
    prop::collection::vec(change, 0..3).prop_map(|changes| {
        let mut payload = good();
        for (place, value) in changes {
            let (parent, key) = place.rsplit_once('/').unwrap();
            match (payload.pointer_mut(parent), value) {
                (Some(Value::Object(parent)), Some(value)) => {
                    drop(parent.insert(key.to_owned(), value))
                }
                (Some(Value::Object(parent)), None) => drop(parent.remove(key)),
                (Some(Value::Array(parent)), Some(value)) if !parent.is_empty() => {
                    parent[0] = value
                }
                (Some(Value::Array(parent)), None) => parent.clear(),
                (Some(_) | None, _) => {}
            }
        }
        payload
    })
}

/// What an observer makes of a payload who only knows what it says.
fn says_passed(payload: &Value, name: &str, now: i64) -> bool {
    let is_own = payload["scope"] == good()["scope"];
    let observed = match payload["freshness"].get("observedAt") {
        None | Some(Value::Null) => Some(NOW),
        Some(time) => time
            .as_str()
            .and_then(|it| DateTime::parse_from_rfc3339(it).ok())
            .map(|it| it.timestamp()),
    };
    let life = match payload["freshness"].get("maxAgeSeconds") {
        None | Some(Value::Null) => Some(900),
        Some(life) => life.as_i64().filter(|it| *it > 0).map(|it| it.min(900)),
    };
    let is_fresh = observed
        .zip(life)
        .is_some_and(|(observed, life)| observed <= NOW + 60 && now - observed.min(NOW) <= life);
    let facts = payload["facts"].as_array().cloned().unwrap_or_default();
    let mut own = facts.iter().filter(|it| it["name"] == name);
    let number = |it: &Value| {
        it.as_str().and_then(|it| {
            it.trim_start_matches([' ', '>', '=', '<'])
                .parse::<f64>()
                .ok()
        })
    };
    let is_met = |fact: &Value| match (&fact["threshold"], &fact["value"]) {
        (Value::String(wanted), Value::String(_)) if wanted.starts_with(">=") => {
            number(&fact["value"]).is_some_and(|it| it >= number(&fact["threshold"]).unwrap())
        }
        (Value::String(wanted), Value::String(_)) if wanted.starts_with('<') => {
            number(&fact["value"]).is_some_and(|it| it < number(&fact["threshold"]).unwrap())
        }
        (Value::String(wanted), Value::Null) => !wanted.starts_with(['<', '>']),
        _ => true,
    };
    is_own && is_fresh && own.any(|it| it["status"] == "passed" && is_met(it))
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config(BODIES))]

    #[test]
    fn only_what_a_payload_says_passes(payload in payloads(), later in 0_i64..1_200) {
        SOURCE.with(|source| {
            let records = kept(source.as_ref(), &signed(payload.to_string()));
            let (facts, lasts) = facts(source.as_ref(), &records, at(later));
            prop_assert!(lasts.is_some_and(|it| it.as_secs() <= 900));
            for name in passed(&facts) {
                prop_assert!(says_passed(&payload, name, NOW + later), "{} {} {}", name, later, payload);
            }
            Ok(())
        })?;
    }
}

proptest! {
    #![proptest_config(config(5_000))]

    #[test]
    fn what_is_not_signed_is_never_kept(payload in payloads(), at in any::<prop::sample::Index>(), byte in 1_u8..=255) {
        SOURCE.with(|source| {
            let mut delivery = signed(payload.to_string());
            let mut body = delivery.body.to_vec();
            let at = at.index(body.len());
            body[at] ^= byte;
            delivery.body = body.into();
            prop_assert!(source.accept(&delivery).is_err());
            for header in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
                let mut delivery = signed(payload.to_string());
                delivery.headers.remove(header);
                prop_assert!(source.accept(&delivery).is_err());
            }
            Ok(())
        })?;
    }

    #[test]
    fn whatever_bytes_are_signed_nothing_passes(bytes in prop::collection::vec(any::<u8>(), 0..96), event in any::<bool>(), cut in any::<prop::sample::Index>()) {
        SOURCE.with(|source| {
            let source = source.as_ref();
            let mut delivery = signed(bytes.clone());
            if event {
                let media_type = HeaderValue::from_static("application/cloudevents+json");
                delivery.headers.insert(CONTENT_TYPE, media_type);
            }
            prop_assert!(source.accept(&delivery).is_err());
            let whole = kept(source, &signed(good().to_string()));
            let half = whole[0].slice(..cut.index(whole[0].len()));
            let (facts, _) = facts(source, &[bytes.into(), half], at(0));
            prop_assert!(passed(&facts).is_empty());
            Ok(())
        })?;
    }

    #[test]
    fn a_worse_one_that_is_newer_takes_the_pass_away(payload in payloads(), first in any::<bool>(), status in select(vec!["failed", "warning", "pending", "unknown", "not_applicable"])) {
        SOURCE.with(|source| {
            let source = source.as_ref();
            let mut worse = good();
            worse["facts"] = json!([{"name": "smoke_test", "status": status}, {"name": "load_test", "status": status}]);
            worse["freshness"]["observedAt"] = json!(at(0).to_rfc3339());
            let mut records = kept(source, &signed(payload.to_string()));
            let place = if first { 0 } else { records.len() };
            records.splice(place..place, kept(source, &signed(worse.to_string())));
            let (facts, _) = facts(source, &records, at(0));
            let newer = |name: &&str| says_passed(&payload, name, NOW);
            let is_newest = payload["freshness"].get("observedAt").and_then(Value::as_str)
                .and_then(|it| DateTime::parse_from_rfc3339(it).ok()).is_none_or(|it| it.timestamp() >= NOW);
            let passed = passed(&facts);
            prop_assert!(passed.is_empty() || (is_newest && passed.iter().all(newer)), "{}", payload);
            Ok(())
        })?;
    }
}

#[test]
fn a_good_payload_passes_for_as_long_as_it_says() {
    let source = source();
    let records = kept(source.as_ref(), &signed(good().to_string()));
    for (later, expected) in [(0, 1), (290, 1), (291, 0), (100_000, 0)] {
        let (facts, _) = facts(source.as_ref(), &records, at(later));
        assert_eq!(passed(&facts).len(), expected, "{later}");
    }
}

#[test]
fn a_delivery_over_the_limit_is_not_read() {
    let text = " ".repeat(MAX_BYTES + 1);
    let refused = source().accept(&signed(text)).unwrap_err();
    assert_eq!(refused.reply.status, 413);
}
