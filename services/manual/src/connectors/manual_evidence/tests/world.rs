//! A source by itself, and persons who state something to it.

use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::FutureExt as _;
use http::{HeaderMap, HeaderName, HeaderValue};
use passport_connector_sdk::{
    Accepted, CollectRequest, Connector, Delivery, Hub, HubOptions, Kept, Record, Rejected,
};
use passport_evidence::{Fact, MaxAge, Person, Subject};
use passport_testkit::connector;
use serde_json::{Value, json};

use crate::connectors::manual_evidence::ManualEvidence;

/// 2026-05-03T09:30:00Z.
pub const NOW: i64 = 1_777_800_600;

pub fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(NOW + seconds, 0).unwrap()
}

pub fn digest(byte: &str) -> String {
    format!("sha256:{}", byte.repeat(32))
}

pub fn source() -> Box<dyn Connector> {
    source_with("a-key-of-the-tests")
}

/// A source whose ids are made with this key.
pub fn source_with(key: &str) -> Box<dyn Connector> {
    let source = json!({
        "connector": "manual-evidence",
        "facts": ["crash_free_sessions", "pen_test"],
        "actor_key": {"env": "ACTOR_KEY"},
    });
    let hub = connector::hub(&[("ACTOR_KEY", key)]);
    connector::built::<ManualEvidence>(&source, &hub).unwrap()
}

/// A source without a key of its own, in a process that has this one; `Err`: what is wrong with it.
pub fn of_process(key: Option<&str>) -> Result<Box<dyn Connector>, String> {
    let options = HubOptions {
        persons_key: key.map(connector::persons_key),
        ..HubOptions::default()
    };
    let hub = Hub::new(options, Arc::new(passport_testkit::env::Env::default()));
    let source = json!({ "connector": "manual-evidence", "facts": ["pen_test"] });
    connector::built::<ManualEvidence>(&source, &hub)
}

/// An attestation that passes once `user:bob` has confirmed it.
pub fn good() -> Value {
    json!({
        "kind": "attestation",
        "fact": "pen_test",
        "reason": "The yearly penetration test was done by an outside firm.",
        "scope": {
            "workspaceId": "workspace-acme-prod",
            "service": "checkout-api",
            "environment": "production",
            "releaseDigest": digest("ab"),
        },
        "createdAt": at(-3_600).to_rfc3339(),
        "expiresAt": at(3_600).to_rfc3339(),
        "approvedBy": "user:bob",
        "evidenceDigest": digest("cd"),
    })
}

pub fn submitter() -> Person {
    Person::read("user:ada", "evidence:submit").unwrap()
}

pub fn approver() -> Person {
    Person::read("user:bob", "evidence:approve").unwrap()
}

/// What becomes of a body that a person delivers now.
pub fn delivered(
    source: &dyn Connector,
    body: impl Into<Bytes>,
    person: Option<&Person>,
) -> Result<Accepted, Rejected> {
    let headers = person.into_iter().flat_map(Person::headers);
    let headers = headers.map(|(name, value)| {
        let value = HeaderValue::from_str(&value).unwrap();
        (HeaderName::from_static(name), value)
    });
    source.accept(&Delivery {
        headers: HeaderMap::from_iter(headers),
        body: body.into(),
        received_at: at(0),
    })
}

/// What is kept of a body that both persons deliver.
pub fn kept(source: &dyn Connector, body: &str) -> Vec<Bytes> {
    let both = [submitter(), approver()];
    let all = both
        .iter()
        .filter_map(|it| delivered(source, body.to_owned(), Some(it)).ok());
    all.flat_map(|it| it.records).collect()
}

/// What a source says of these records at a moment, of a release.
pub fn facts(
    source: &dyn Connector,
    records: &[Bytes],
    release: Option<&str>,
    now: DateTime<Utc>,
) -> (Vec<Fact>, Option<MaxAge>) {
    let digests = release.map(|it| vec![it.to_owned()]);
    facts_of(source, records, digests, now)
}

/// The same of a release of several digests.
pub fn facts_of(
    source: &dyn Connector,
    records: &[Bytes],
    digests: Option<Vec<String>>,
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
    let subject = digests.map(|artifact_digests| Subject {
        version: None,
        revision: None,
        artifact_digests,
    });
    let request = CollectRequest {
        subject,
        ..connector::request(now)
    };
    // Nothing is waited for.
    let observation = source.collect(&request, &kept).now_or_never();
    let observation = observation.unwrap().unwrap();
    (observation.facts, observation.lasts)
}
