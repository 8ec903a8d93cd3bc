//! A source that is fed by hand.

use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderMap, HeaderName, HeaderValue};
use passport_connector_sdk::{Delivery, Registry, server::Delivered};
use passport_evidence::{Evidence, Fact, Outcome, Problem, Subject};
use passport_testkit::scenario::{Bench, Trial, source_id};
use serde_json::{Value, json};

use crate::connectors::trivy::Trivy;

pub const ARTIFACT: &str = "images.example.com/acme/checkout-api";

/// A digest of the subject.
pub fn digest(of: char) -> String {
    format!("sha256:{}", of.to_string().repeat(64))
}

/// 2026-05-03T09:30:00Z and so many seconds.
pub fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_777_800_600, 0).unwrap() + TimeDelta::seconds(seconds)
}

pub fn registry() -> Registry {
    Registry::default().with::<Trivy>()
}

/// A source whose pipeline hides nothing, with some keys set otherwise.
pub fn source(more: Value) -> Value {
    let mut source = json!({
        "connector": "trivy",
        "scope": {"artifact": ARTIFACT},
        "declared": {
            "severities": ["unknown", "low", "medium", "high", "critical"],
            "ignore_unfixed": false,
            "ignore_file": false,
            "scanners": ["vuln"],
        },
    });
    let keys = source.as_object_mut().unwrap();
    keys.extend(more.as_object().unwrap().clone());
    source
}

fn bench(source: Value) -> Bench {
    let id = source_id("workspace-acme-prod", "checkout-api", "production", "scan").unwrap();
    Bench::new(&registry(), id, at(0)).source(source)
}

/// The paths and reasons of all that is wrong with a source.
pub fn problems(source: Value) -> Vec<Problem> {
    bench(source).problems()
}

/// A source, for a subject with the digest `a`.
pub fn trial(source: Value) -> Trial {
    trial_of(source, vec![digest('a')])
}

/// A source, for a subject with these digests.
pub fn trial_of(source: Value, artifact_digests: Vec<String>) -> Trial {
    let subject = Subject {
        artifact_digests,
        ..Subject::default()
    };
    bench(source).subject(Some(subject)).start().unwrap()
}

/// A source, for no subject in particular.
pub fn trial_without_subject(source: Value) -> Trial {
    bench(source).start().unwrap()
}

/// An image report with these results, made 10 minutes ago.
pub fn image(results: Value) -> Value {
    json!({
        "SchemaVersion": 2,
        "CreatedAt": "2026-05-03T09:20:00Z",
        "ArtifactName": format!("{ARTIFACT}:1.8.0"),
        "ArtifactType": "container_image",
        "Metadata": {
            "OS": {"Family": "alpine", "Name": "3.22.1"},
            "RepoDigests": [format!("{ARTIFACT}@{}", digest('a'))],
        },
        "Results": results,
    })
}

/// A result for packages of the operating system with these vulnerabilities.
pub fn os_packages(vulnerabilities: Value) -> Value {
    json!({"Target": "alpine", "Class": "os-pkgs", "Type": "alpine",
           "Vulnerabilities": vulnerabilities})
}

/// A vulnerability that can't be fixed.
pub fn vulnerability(id: &str, severity: &str) -> Value {
    json!({"VulnerabilityID": id, "PkgName": "zlib", "InstalledVersion": "1.2.3",
           "Status": "affected", "Severity": severity})
}

/// An upload, with the given time of its scan.
pub fn upload(body: impl Into<Vec<u8>>, observed_at: Option<&str>, received: i64) -> Delivery {
    let name = HeaderName::from_static("passport-observed-at");
    let header = observed_at.map(|at| (name, HeaderValue::from_str(at).unwrap()));
    Delivery {
        headers: header.into_iter().collect::<HeaderMap>(),
        body: body.into().into(),
        received_at: at(received),
    }
}

/// Uploads a report at so many seconds.
pub async fn push(trial: &Trial, report: &Value, received: i64) -> Delivered {
    trial.clock.set(at(received));
    let delivery = upload(report.to_string(), None, received);
    trial.deliver(&delivery).await
}

/// The evidence at so many seconds.
pub async fn evidence(trial: &Trial, now: i64) -> Evidence {
    trial.clock.set(at(now));
    match trial.collect().await.unwrap() {
        Outcome::Evidence(evidence) => evidence,
        Outcome::Failure(failure) => panic!("{failure:?}"),
    }
}

/// The evidence of one report.
pub async fn judged(source: Value, report: &Value) -> Evidence {
    let trial = trial(source);
    let delivered = push(&trial, report, -60).await;
    assert!(
        matches!(delivered, Delivered::Accepted(..)),
        "{delivered:?}"
    );
    evidence(&trial, 0).await
}

/// Status, reason and value of a fact, named with its item; nothing where there is no such fact.
pub fn words(evidence: &Evidence, name: &str) -> String {
    let called = |fact: &&Fact| match fact.item() {
        None => fact.name().as_str() == name,
        Some(item) => format!("{} {item}", fact.name()) == name,
    };
    let Some(fact) = evidence.facts().iter().find(called) else {
        return String::new();
    };
    let parts = [
        Some(fact.status().to_string()),
        fact.reason().map(|reason| reason.to_string()),
        fact.value_text(),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}
