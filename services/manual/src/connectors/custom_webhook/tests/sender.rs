//! A source by itself, and a customer's system that sends to it.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::FutureExt as _;
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderName, HeaderValue, header::CONTENT_TYPE};
use passport_connector_sdk::{Connector, Delivery, Kept, Record};
use passport_evidence::{Fact, MaxAge, Status};
use passport_testkit::connector;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::connectors::custom_webhook::CustomWebhook;

/// 2026-05-03T09:30:00Z.
pub const NOW: i64 = 1_777_800_600;

const KEY: &[u8; 32] = b"passport-mesh-public-test-vector";

pub fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(NOW + seconds, 0).unwrap()
}

pub fn source() -> Box<dyn Connector> {
    let source = json!({
        "connector": "custom-webhook",
        "mode": "ingest",
        "scheme": "standard_webhooks",
        "signing_secrets": [{"env": "HOOK_SECRET"}],
        "facts": ["smoke_test", "load_test"],
    });
    let secret = format!("whsec_{}", STANDARD.encode(KEY));
    let hub = connector::hub(&[("HOOK_SECRET", &secret)]);
    connector::built::<CustomWebhook>(&source, &hub).unwrap()
}

pub fn good() -> Value {
    json!({
        "connector": "custom",
        "scope": {
            "workspaceId": "workspace-acme-prod",
            "service": "checkout-api",
            "environment": "production",
        },
        "freshness": {"observedAt": "2026-05-03T09:29:50Z", "maxAgeSeconds": 300},
        "facts": [{"name": "smoke_test", "status": "passed", "value": "42", "threshold": ">= 40"}],
    })
}

/// A delivery of this moment that is signed with the source's key.
pub fn signed(body: impl Into<Bytes>) -> Delivery {
    let body = body.into();
    let id = format!("msg_{}", body.len());
    let time = NOW.to_string();
    let mac = Hmac::<Sha256>::new_from_slice(KEY).unwrap();
    let parts = [id.as_bytes(), b".", time.as_bytes(), b".", &body];
    let mac = parts.into_iter().fold(mac, Mac::chain_update);
    let signature = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    let header = |name, value: &str| {
        let value = HeaderValue::from_str(value).unwrap();
        (HeaderName::from_static(name), value)
    };
    let json = HeaderValue::from_static("application/json");
    let headers = HeaderMap::from_iter([
        (CONTENT_TYPE, json),
        header("webhook-id", &id),
        header("webhook-timestamp", &time),
        header("webhook-signature", &signature),
    ]);
    Delivery {
        headers,
        body,
        received_at: at(0),
    }
}

/// What is kept of a delivery; nothing where it is not taken.
pub fn kept(source: &dyn Connector, delivery: &Delivery) -> Vec<Bytes> {
    let accepted = source.accept(delivery);
    accepted.map_or_else(|_| Vec::new(), |it| it.records)
}

/// What a source says of these records at a moment, and for how long.
pub fn facts(
    source: &dyn Connector,
    records: &[Bytes],
    now: DateTime<Utc>,
) -> (Vec<Fact>, Option<MaxAge>) {
    let record = |body: &Bytes| Record {
        received_at: at(0),
        body: body.clone(),
    };
    let kept = Kept {
        records: records.iter().map(record).collect(),
        first_delivery_at: None,
        ..Kept::default()
    };
    let request = connector::request(now);
    // Nothing is waited for.
    let observation = source.collect(&request, &kept).now_or_never();
    let observation = observation.unwrap().unwrap();
    (observation.facts, observation.lasts)
}

/// Names of the facts that pass.
pub fn passed(facts: &[Fact]) -> Vec<&str> {
    let passed = facts.iter().filter(|it| it.status() == Status::Passed);
    passed.map(|it| it.name().as_str()).collect()
}
