//! A source by itself, and the bundles that it is given.

use chrono::{DateTime, TimeDelta, Utc};
use futures::FutureExt as _;
use http::{HeaderMap, HeaderName, HeaderValue, header::CONTENT_TYPE};
use passport_connector_sdk::{CollectRequest, Connector, Delivery, Kept, Record};
use passport_evidence::{Fact, Status, Subject};
use passport_testkit::connector;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::connectors::mobile_webview::MobileWebview;

pub const ARTIFACT: &str =
    "sha256:1212121212121212121212121212121212121212121212121212121212121212";
pub const OTHER: &str = "sha256:1111111111111111111111111111111111111111111111111111111111111111";
pub const BOUNDARY: &str = "test-boundary";

/// A manifest and the files beside it, which may be others than it lists.
#[derive(Debug, Clone)]
pub struct Bundle {
    pub manifest: Value,
    pub files: Vec<(String, String)>,
}

/// 2026-05-03T09:30:00Z and so many seconds.
pub fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_777_800_600, 0).unwrap() + TimeDelta::seconds(seconds)
}

pub fn source(more: Value) -> Box<dyn Connector> {
    let mut source = json!({
        "connector": "mobile-webview",
        "scope": {"producer": "suite", "platform": "android"},
        "allowed_hosts": ["api.example.com"],
    });
    let keys = source.as_object_mut().unwrap();
    keys.extend(more.as_object().unwrap().clone());
    let secret = "whsec_cGFzc3BvcnQtbWVzaC1wdWJsaWMtdGVzdC12ZWN0b3I=";
    connector::built::<MobileWebview>(&source, &connector::hub(&[("SECRET", secret)])).unwrap()
}

/// One file of each kind, all well.
pub fn good() -> Bundle {
    let report = json!({
        "config": {"updateSnapshots": "none", "shard": null},
        "suites": [{"title": "a", "specs": [{"title": "b", "ok": true, "tests": [
            {"status": "expected", "results": [{"status": "passed"}]}]}]}],
        "errors": [],
        "stats": {"expected": 1, "unexpected": 0, "flaky": 0, "skipped": 0},
    });
    let archive = json!({"log": {"entries": [
        {"startedDateTime": "2026-05-03T08:41:00Z",
         "request": {"method": "GET", "url": "https://api.example.com/v1/cart/7?a=b"},
         "response": {"status": 200}}]}});
    let pairs = json!({"pairs": [
        {"id": "c", "baselineSha256": "a".repeat(64), "actualSha256": "b".repeat(64),
         "width": 100, "height": 100, "diffPixels": 10, "ignoredPixels": 0}]});
    let line = json!({"level": "info", "source": "app", "count": 1, "fingerprint": "f"});
    of([
        ("report.json", report.to_string()),
        ("net.har", archive.to_string()),
        ("diff.json", pairs.to_string()),
        ("console.jsonl", format!("{line}\n")),
    ])
}

/// A bundle whose manifest is right about these files.
pub fn of<const N: usize>(files: [(&str, String); N]) -> Bundle {
    let mut bundle = Bundle {
        manifest: json!({
            "schemaVersion": 1,
            "producer": "suite",
            "build": {"artifactDigest": ARTIFACT, "platform": "android"},
            "run": {"id": "r", "startedAt": "2026-05-03T08:40:00Z",
                    "finishedAt": "2026-05-03T08:50:00Z"},
            "baseline": {"artifactDigest": OTHER, "createdAt": "2026-04-20T10:00:00Z"},
        }),
        files: files.map(|(name, text)| (name.to_owned(), text)).into(),
    };
    bundle.list();
    bundle
}

pub fn digest(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

pub fn kind(name: &str) -> &'static str {
    match name {
        "report.json" => "playwright-json",
        "net.har" => "har",
        "diff.json" => "screenshot-diff",
        _ => "console",
    }
}

// === impl Bundle ===

impl Bundle {
    /// Lists the files as they are.
    pub fn list(&mut self) {
        let files = self.files.iter();
        self.manifest["files"] = files
            .map(|(name, text)| json!({"name": name, "sha256": digest(text), "kind": kind(name)}))
            .collect();
    }

    pub fn file(&self, name: &str) -> Option<&str> {
        let mut files = self.files.iter();
        files.find(|it| it.0 == name).map(|it| it.1.as_str())
    }

    pub fn file_mut(&mut self, name: &str) -> Option<&mut String> {
        let mut files = self.files.iter_mut();
        files.find(|it| it.0 == name).map(|it| &mut it.1)
    }

    pub fn body(&self) -> String {
        let manifest = ("manifest.json".to_owned(), self.manifest.to_string());
        let parts = std::iter::once(&manifest).chain(&self.files);
        let parts: String = parts.map(|(name, text)| part(name, text)).collect();
        format!("{parts}--{BOUNDARY}--\r\n")
    }
}

pub fn part(name: &str, text: &str) -> String {
    format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"x\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n{text}\r\n"
    )
}

pub fn delivery(body: impl Into<Vec<u8>>) -> Delivery {
    let media_type = format!("multipart/form-data; boundary={BOUNDARY}");
    with_headers(body, &[(CONTENT_TYPE, &media_type)])
}

pub fn with_headers(body: impl Into<Vec<u8>>, headers: &[(HeaderName, &str)]) -> Delivery {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(name, HeaderValue::from_str(value).unwrap());
    }
    Delivery {
        headers: map,
        body: body.into().into(),
        received_at: at(0),
    }
}

/// What a source says of a delivery; nothing where it does not take it.
pub fn judged(source: &dyn Connector, delivery: &Delivery) -> Vec<Fact> {
    let Ok(accepted) = source.accept(delivery) else {
        return Vec::new();
    };
    let record = |body| Record {
        received_at: delivery.received_at,
        body,
    };
    let kept = Kept {
        records: accepted.records.into_iter().map(record).collect(),
        first_delivery_at: Some(delivery.received_at),
        ..Kept::default()
    };
    let request = CollectRequest {
        subject: Some(Subject {
            artifact_digests: vec![ARTIFACT.to_owned()],
            ..Subject::default()
        }),
        ..connector::request(at(0))
    };
    // Nothing is waited for.
    let collected = source.collect(&request, &kept).now_or_never();
    collected.unwrap().unwrap().facts
}

/// Names of the facts that passed.
pub fn passed(facts: &[Fact]) -> Vec<&str> {
    let passed = facts.iter().filter(|it| it.status() == Status::Passed);
    passed.map(|it| it.name().as_str()).collect()
}
