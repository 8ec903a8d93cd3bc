//! A source of uploads by itself.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::FutureExt as _;
use http::{HeaderMap, HeaderValue, header::AUTHORIZATION};
use passport_connector_sdk::{Connector, Delivery, Kept, Record};
use passport_evidence::{Fact, Status};
use passport_testkit::connector;
use serde_json::{Value, json};

use crate::connectors::log_upload::LogUpload;

/// 2026-05-03T09:30:00Z.
pub const NOW: i64 = 1_777_800_600;

pub fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(NOW, 0).unwrap()
}

/// Below 100 errors, from a document that names its service and says that it is complete.
pub fn source() -> Box<dyn Connector> {
    let hub = connector::hub(&[("TOKEN", "upload-token-1")]);
    connector::built::<LogUpload>(&settings(), &hub).unwrap()
}

/// What stands under it.
pub fn settings() -> Value {
    let read = json!({
        "count": "/summary/matched",
        "newest": "/summary/newest",
        "complete": {"pointer": "/summary/complete", "equals": true},
        "lines": "/summary/total",
        "service": "/service",
    });
    json!({
        "connector": "log-upload",
        "credential": {"env": "TOKEN"},
        "scope": {"service": "checkout-api", "environment": "production"},
        "max_age": "5m",
        "queries": {"error_log_count": {"read": read, "threshold": "< 100"}},
    })
}

/// A document of it that passes.
pub fn good() -> Value {
    json!({
        "service": "checkout-api",
        "summary": {"matched": 12, "complete": true, "newest": "2026-05-03T09:29:51Z", "total": 4021},
    })
}

pub fn delivery(body: impl Into<Bytes>) -> Delivery {
    let bearer = HeaderValue::from_static("Bearer upload-token-1");
    Delivery {
        headers: HeaderMap::from_iter([(AUTHORIZATION, bearer)]),
        body: body.into(),
        received_at: now(),
    }
}

/// What is kept of an upload; nothing where it is not taken.
pub fn kept(source: &dyn Connector, body: impl Into<Bytes>) -> Vec<Bytes> {
    let accepted = source.accept(&delivery(body));
    accepted.map_or_else(|_| Vec::new(), |it| it.records)
}

/// What a source says of these records, all of which came in at once.
pub fn facts(source: &dyn Connector, records: Vec<Bytes>) -> Vec<Fact> {
    let record = |body| Record {
        received_at: now(),
        body,
    };
    let kept = Kept {
        records: records.into_iter().map(record).collect(),
        first_delivery_at: Some(now()),
        ..Kept::default()
    };
    let request = connector::request(now());
    // Nothing is waited for.
    let collected = source.collect(&request, &kept).now_or_never();
    collected.unwrap().unwrap().facts
}

pub fn passes(facts: &[Fact]) -> bool {
    facts.iter().any(|it| it.status() == Status::Passed)
}
