//! Whatever a webhook says, nothing breaks, nothing gets better by it, nobody's name is kept, and only one
//! that is signed and about the source's service is taken.

use std::sync::OnceLock;

use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use passport_connector_sdk::{Accepted, Connector, Delivery, Kept, Record};
use passport_evidence::{Fact, Status};
use passport_testkit::connector;
use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};
use sha2::Sha256;

use super::bench::{SERVICE, busy, judged, judged_with, now, quiet};
use crate::connectors::{changes, pagerduty::Pagerduty};

/// Webhooks of one set. With so many sets it is 100,000 webhooks.
const TOGETHER: usize = 50;
const SETS: u32 = 2_000;
const SECRET: &str = "not-a-real-secret";

// The vector that PagerDuty publishes; see testdata/README.md.
const VECTOR: &str = include_str!("../testdata/priority-updated.json");
const VECTOR_SECRET: &str = "lDQHScfUeXUKaQRNF+8XIiDKZ7XX3itBAYzwU0TARw8lJqRnkKl2iB1anSb0Z+IK";
const VECTOR_SIGNATURE: &str =
    "v1=0c0b9495b893a39e70d1fea2fe11fbe0a825f88b9f67846f6cc07dd2bc5476cd";
const VECTOR_MISMATCH: &str = "v1=7020c8a7ec668a9b7012bc3dd82e483394b038f4230acc6785efbf2a7d8bcaf5";

fn built(service: &str) -> Box<dyn Connector> {
    let source = json!({
        "connector": "pagerduty", "credential": {"env": "KEY"}, "scope": {"services": [service]},
        "signing_secrets": [{"env": "OLD"}, {"env": "HOOK"}, {"env": "VECTOR"}],
    });
    let secrets = [
        ("KEY", "key"),
        ("OLD", "another"),
        ("HOOK", SECRET),
        ("VECTOR", VECTOR_SECRET),
    ];
    connector::built::<Pagerduty>(&source, &connector::hub(&secrets)).unwrap()
}

fn source() -> &'static dyn Connector {
    static SOURCE: OnceLock<Box<dyn Connector>> = OnceLock::new();
    &**SOURCE.get_or_init(|| built(SERVICE))
}

fn deliver_to(source: &dyn Connector, signature: &str, body: &str) -> Result<Accepted, StatusCode> {
    let header = HeaderName::from_static("x-pagerduty-signature");
    let delivery = Delivery {
        headers: HeaderMap::from_iter([(header, HeaderValue::from_str(signature).unwrap())]),
        body: Bytes::from(body.to_owned()),
        received_at: now(),
    };
    let accepted = source.accept(&delivery);
    accepted.map_err(|rejected| rejected.reply.status)
}

pub fn signed(body: &str) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    let digest = mac.chain_update(body.as_bytes()).finalize().into_bytes();
    format!("v1={}", hex::encode(digest))
}

/// What becomes of a body that is well signed.
pub fn deliver(body: &str) -> Result<Accepted, StatusCode> {
    deliver_to(source(), &signed(body), body)
}

pub fn event(kind: &str, at: &str) -> Value {
    json!({"event": {
        "id": "01E1", "event_type": kind, "resource_type": "incident", "occurred_at": at,
        "agent": {"summary": "Sample User"}, "client": null,
        "data": {
            "id": "Q9", "type": "incident", "status": "triggered", "title": "Sample Customer",
            "urgency": "high", "priority": {"summary": "P1"}, "service": {"id": SERVICE},
            "assignees": [{"summary": "Sample User"}],
            "conference_bridge": {"conference_number": "+1 555 0100"},
        },
    }})
}

pub fn kept(accepted: impl IntoIterator<Item = Accepted>) -> Kept {
    let records = accepted.into_iter().flat_map(|it| it.records);
    let record = |body| Record {
        received_at: now(),
        body,
    };
    Kept {
        records: records.map(record).collect(),
        first_delivery_at: Some(now()),
        ..Kept::default()
    }
}

#[test]
fn the_published_vector_holds_and_its_mismatch_does_not() {
    let source = built("PF9KMXH");
    let taken = deliver_to(&*source, VECTOR_SIGNATURE, VECTOR).unwrap();
    assert!(taken.records.is_empty());
    let several = format!("{VECTOR_MISMATCH},{VECTOR_SIGNATURE}");
    assert!(deliver_to(&*source, &several, VECTOR).is_ok());
    let changed = VECTOR.replace("high", "low");
    for (signature, body) in [
        (VECTOR_MISMATCH, VECTOR),
        (VECTOR_SIGNATURE, ""),
        (VECTOR_SIGNATURE, changed.as_str()),
        (&VECTOR_SIGNATURE[3..], VECTOR),
        ("", VECTOR),
    ] {
        let refused = deliver_to(&*source, signature, body);
        assert_eq!(
            refused.unwrap_err(),
            StatusCode::UNAUTHORIZED,
            "{signature}"
        );
    }
}

#[test]
fn nobody_is_kept_and_a_delivery_is_known_for_two_days() {
    let body = event("incident.triggered", "2026-05-03T09:30:00Z").to_string();
    let taken = deliver(&body).unwrap();
    let record = String::from_utf8(taken.records[0].to_vec()).unwrap();
    for personal in ["Sample", "555", "assignees"] {
        assert!(!record.contains(personal), "{record}");
    }
    assert!(taken.keep_for >= chrono::TimeDelta::hours(49));
    let later = event("incident.resolved", "2026-05-03T09:30:03Z").to_string();
    assert_eq!(
        deliver(&later).unwrap().idempotency_key,
        taken.idempotency_key
    );
}

#[test]
fn a_wrong_secret_and_another_service_are_told_alike() {
    let body = event("incident.triggered", "2026-05-03T09:30:00Z").to_string();
    let other = body.replace(SERVICE, "POTHER1");
    assert_eq!(deliver(&other).unwrap_err(), StatusCode::UNAUTHORIZED);
    let unsigned = deliver_to(source(), "v1=00", &body);
    assert_eq!(unsigned.unwrap_err(), StatusCode::UNAUTHORIZED);
    assert_eq!(deliver("[]").unwrap_err(), StatusCode::BAD_REQUEST);
}

fn passed(facts: &[Fact]) -> Vec<(String, Option<String>)> {
    let passed = facts.iter().filter(|it| it.status() == Status::Passed);
    let about = |it: &Fact| (it.name().to_string(), it.item().map(str::to_owned));
    passed.map(about).collect()
}

fn changed() -> impl Strategy<Value = Value> {
    let kinds = vec![
        "incident.triggered",
        "incident.reopened",
        "incident.escalated",
        "incident.unacknowledged",
        "incident.resolved",
        "incident.annotated",
        "service.updated",
        "of.tomorrow",
    ];
    let times = vec![
        "2026-05-03T09:30:00Z",
        "2026-05-03T09:30:05.999Z",
        "2026-05-03T09:00:00Z",
        "2026-05-03T10:30:00+01:00",
        "2027-01-01T00:00:00Z",
        "yesterday",
    ];
    let values = vec![
        json!(null),
        json!(0),
        json!(""),
        json!("low"),
        json!("high"),
        json!("P4"),
        json!("POTHER1"),
        json!("Q1"),
        json!([]),
        json!({}),
        json!({"id": SERVICE}),
        json!(["Q9", "high", null, {"id": SERVICE}]),
    ];
    let base = event("incident.triggered", "2026-05-03T09:30:00Z");
    let change = changes::change(&base, values);
    let changes = prop::collection::vec(change, 0..3);
    (select(kinds), select(times), changes).prop_map(|(kind, at, changes)| {
        let mut event = event(kind, at);
        for change in &changes {
            change.apply(&mut event);
        }
        event
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(SETS))]

    #[test]
    fn changed_events_make_nothing_better(
        events in prop::collection::vec(changed(), TOGETHER),
        is_busy in any::<bool>(),
    ) {
        let answers = if is_busy { busy() } else { quiet() };
        let shown = judged(&answers);
        let before = passed(&shown);
        let mut all = Vec::new();
        for event in &events {
            let text = event.to_string();
            prop_assert!(deliver_to(source(), "v1=0", &text).is_err());
            let Ok(taken) = deliver(&text) else { continue };
            let is_about_us = event["event"]["data"]["service"]["id"] == SERVICE;
            prop_assert!(taken.records.is_empty() || is_about_us, "{event}");
            for record in &taken.records {
                prop_assert!(!String::from_utf8_lossy(record).contains("Sample"));
            }
            all.push(taken);
        }
        let facts = judged_with(&answers, &kept(all));
        prop_assert!(passed(&facts).iter().all(|it| before.contains(it)));
        for (shown, told) in shown.iter().zip(&facts) {
            prop_assert!(shown == told || told.status() == Status::Failed);
        }
    }

    #[test]
    fn arbitrary_texts_break_nothing(text in ".{0,200}") {
        prop_assert!(deliver_to(source(), "v1=0", &text).is_err());
        prop_assert!(deliver(&text).is_err());
    }
}
