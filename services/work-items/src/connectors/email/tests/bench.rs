//! Sources of a mail server that says what a test wants, and reports without a server between.

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::HeaderMap;
use passport_connector_sdk::{Delivery, Kept, Record};
use passport_evidence::{Fact, Subject};
use passport_testkit::{
    connector::registry,
    env::Env,
    scenario::{Bench, Trial, source_id},
};
use serde_json::{Value, json};

use crate::connectors::email::{
    Email, KEEP_FOR,
    address::Mailbox,
    facts::delivered,
    inbox::{self, Inbox},
    sent::End,
};

/// Id of the message that was sent.
pub const ID: &str = "<7f3e2c10-req7Q2@example.com>";
/// Its one recipient.
pub const RECIPIENT: &str = "cab@example.com";
pub const PASSWORD: &str = "not-a-real-password";

/// 2026-05-03T09:30:05Z.
pub fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_777_800_605, 0).unwrap()
}

pub fn source(server: &str) -> Value {
    json!({
        "connector": "email", "endpoint": server, "security": "none",
        "credential": {"username": {"env": "SMTP_USER"}, "password": {"env": "SMTP_PASSWORD"}},
        "scope": {"from": "release@example.com", "recipients": [RECIPIENT]},
        "notify": true, "dsn": true,
    })
}

/// A source that runs, and a release that it is asked about.
pub fn trial(source: Value, version: &str, deadline: Duration) -> Trial {
    let id = source_id("workspace-acme-prod", "checkout-api", "production", "mail").unwrap();
    let secrets = [("SMTP_USER", "release"), ("SMTP_PASSWORD", PASSWORD)];
    let secrets = secrets.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let subject = Subject {
        version: Some(version.to_owned()),
        ..Subject::default()
    };
    let bench = Bench::new(&registry::<Email>(), id, now())
        .source(source)
        .env(Env::from_iter(secrets))
        .subject(Some(subject))
        .deadline(deadline);
    let trial = bench.start();
    trial.map_err(|problems| format!("{problems:?}")).unwrap()
}

pub fn mailbox() -> Mailbox {
    Mailbox::parse(RECIPIENT).unwrap()
}

/// A report that says that the message was delivered.
pub fn report() -> String {
    [
        "From: MAILER-DAEMON@mx.example.com",
        "Subject: Delivery Status Notification",
        "MIME-Version: 1.0",
        "Content-Type: multipart/report; report-type=delivery-status;",
        " boundary=\"b1\"",
        "",
        "--b1",
        "Content-Type: text/plain",
        "",
        "report",
        "--b1",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; mx.example.com",
        "Arrival-Date: Sun, 3 May 2026 09:30:03 +0000",
        "",
        "Final-Recipient: rfc822; cab@example.com",
        "Action: delivered",
        "Status: 2.0.0",
        "",
        "--b1",
        "Content-Type: text/rfc822-headers",
        "",
        "Message-ID: <7f3e2c10-req7Q2@example.com>",
        "From: release@example.com",
        "",
        "--b1--",
        "",
    ]
    .join("\r\n")
}

/// What a report makes of the delivery to the recipient; `None`: it is turned away.
pub fn judged(report: &[u8]) -> Option<Fact> {
    let inbox = Inbox {
        recipients: vec![mailbox()],
        keep_for: KEEP_FOR,
    };
    let delivery = Delivery {
        headers: HeaderMap::new(),
        body: Bytes::copy_from_slice(report),
        received_at: now(),
    };
    let taken = inbox.accept(&delivery).ok()?;
    let record = |body: Bytes| {
        let text = String::from_utf8(body.to_vec()).unwrap();
        assert!(!text.contains("example"), "{text}");
        Record {
            received_at: now(),
            body,
        }
    };
    let kept = Kept {
        records: taken.records.into_iter().map(record).collect(),
        ..Kept::default()
    };
    let deciding = delivered::deciding(inbox::reported(&kept, ID, &mailbox()));
    let end = End::Replied("250 2.0.0".to_owned());
    Some(delivered::fact(Some(&end), deciding.as_ref()))
}
