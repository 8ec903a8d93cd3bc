//! A source with an open request, and clicks on it, without a server between.

use std::sync::OnceLock;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::FutureExt as _;
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderName, HeaderValue};
use passport_connector_sdk::{
    Accepted, CollectError, CollectRequest, Connector, Delivery, Kept, NoticeState, Noticed,
    Observation, Record, Rejected, keep::Notices,
};
use passport_evidence::{Fact, Subject};
use passport_testkit::connector;
use serde_json::{Value, json};
use sha2::Sha256;
use url::form_urlencoded::Serializer;

use crate::connectors::slack::Slack;

/// 2026-05-03T09:30:05Z.
pub const NOW: i64 = 1_777_800_605;
/// When the request ends.
pub const EXPIRES: i64 = NOW + 240;
/// The secrets of the source: the one in use, and the one that it replaces.
pub const SECRETS: [&str; 2] = ["new-secret", "old-secret"];

pub fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap()
}

/// What stands under a source that wants two of three persons, and whose requester is on its list.
pub fn settings(secrets: &[&str]) -> Value {
    let secrets: Vec<_> = secrets.iter().map(|it| json!({"env": it})).collect();
    json!({
        "connector": "slack", "credential": {"env": "SLACK_TOKEN"}, "notify": true,
        "scope": {"team": "T0ACME", "channel": "C0REL"}, "signing_secrets": secrets,
        "approvers": ["U0APPR", "U0BOSS", "U0MORE", "U0REQ"], "requester": "U0REQ",
        "min_approvals": 2,
    })
}

/// The source, where its secrets are these.
pub fn built_of(settings: &Value, secrets: &[(&str, &str)]) -> Box<dyn Connector> {
    let token = [("SLACK_TOKEN", "token")];
    let all: Vec<_> = secrets.iter().chain(&token).copied().collect();
    connector::built::<Slack>(settings, &connector::hub(&all)).unwrap()
}

/// The source, built once: reading whom TLS trusts takes far longer than a click does.
pub fn source() -> &'static dyn Connector {
    static SOURCE: OnceLock<Box<dyn Connector>> = OnceLock::new();
    let secrets = [("SLACK_SIGNING", SECRETS[0]), ("SLACK_OLD", SECRETS[1])];
    let settings = || settings(&secrets.map(|(name, _)| name));
    &**SOURCE.get_or_init(|| built_of(&settings(), &secrets))
}

pub fn payload(user: &str, act: &str, request: &str, at: i64) -> Value {
    json!({
        "type": "block_actions",
        "user": {"id": user, "username": "sample.person", "team_id": "T0ACME"},
        "token": "legacy-unused", "trigger_id": "1.2.3",
        "team": {"id": "T0ACME", "domain": "acme"},
        "response_url": "https://hooks.example.com/actions/x",
        "actions": [{
            "action_id": act, "block_id": "b1", "type": "button", "value": request,
            "action_ts": format!("{at}.000100"),
        }],
    })
}

pub fn form(payload: &Value) -> String {
    let mut form = Serializer::new(String::new());
    form.append_pair("payload", &payload.to_string()).finish()
}

pub fn signature(secret: &str, time: &str, body: &str) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    let mac = mac.chain_update(format!("v0:{time}:{body}")).finalize();
    format!("v0={}", hex::encode(mac.into_bytes()))
}

pub fn header(time: &str, signature: &str) -> HeaderMap {
    let value = |text: &str| HeaderValue::from_str(text).unwrap();
    HeaderMap::from_iter([
        (
            HeaderName::from_static("x-slack-request-timestamp"),
            value(time),
        ),
        (
            HeaderName::from_static("x-slack-signature"),
            value(signature),
        ),
    ])
}

pub fn delivery(headers: HeaderMap, body: Bytes, received_at: i64) -> Delivery {
    Delivery {
        headers,
        body,
        received_at: at(received_at),
    }
}

/// What becomes of a click that is signed with a secret.
pub fn deliver(
    source: &dyn Connector,
    secret: &str,
    payload: &Value,
    received_at: i64,
) -> Result<Accepted, Rejected> {
    let (time, body) = (received_at.to_string(), form(payload));
    let headers = header(&time, &signature(secret, &time, &body));
    source.accept(&delivery(headers, body.into(), received_at))
}

pub fn subject() -> Subject {
    Subject {
        version: Some("2.14.0".to_owned()),
        ..Subject::default()
    }
}

/// What is kept after the request was posted and these came in.
pub fn kept(taken: Vec<(Accepted, i64)>) -> Kept {
    let posted = json!({
        "id": "req_1", "requester": "U0REQ", "postedTs": format!("{}.000100", EXPIRES - 300),
        "channel": "C0REL", "expiresAt": at(EXPIRES),
    });
    kept_in(NoticeState::Answered(posted), taken)
}

/// The same, where that became of the message.
pub fn kept_in(state: NoticeState, taken: Vec<(Accepted, i64)>) -> Kept {
    let noticed = Noticed {
        at: at(EXPIRES - 300),
        state,
    };
    let records = taken.into_iter().flat_map(|(it, came)| {
        let record = move |body| Record {
            received_at: at(came),
            body,
        };
        it.records.into_iter().map(record)
    });
    Kept {
        records: records.collect(),
        notices: Notices::of_one(&subject(), noticed),
        ..Kept::default()
    }
}

/// What a collection says of a release at a moment.
pub fn observed(
    source: &dyn Connector,
    subject: Subject,
    kept: &Kept,
    now: i64,
) -> Result<Observation, CollectError> {
    let request = CollectRequest {
        subject: Some(subject),
        ..connector::request(at(now))
    };
    // Nobody is asked, so that nothing is waited for.
    let observed = source.collect(&request, kept).now_or_never();
    observed.unwrap()
}

/// The facts about the release at a moment.
pub fn judged(source: &dyn Connector, kept: &Kept, now: i64) -> Vec<Fact> {
    observed(source, subject(), kept, now).unwrap().facts
}

pub fn fact<'a>(facts: &'a [Fact], name: &str) -> &'a Fact {
    facts.iter().find(|it| it.name().as_str() == name).unwrap()
}
