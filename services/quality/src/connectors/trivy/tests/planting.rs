//! What a report says in words stays in the report.

use passport_testkit::case::{Case, Delivery, load_folder};
use serde_json::{Value, json};

use super::{
    CASES,
    bench::{ARTIFACT, evidence, image, os_packages, source, trial, upload, vulnerability},
};
use crate::connectors::trivy::{accept::accept, choose::Report};

const SECRET: &str = "Tr0ub4dor&3";
const TOKEN: &str = "ghp_a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2a1B2";

/// A report with all that Trivy finds, matched lines among it.
fn rich() -> Value {
    let mut packages = os_packages(json!([vulnerability("CVE-2026-1", "LOW")]));
    packages["ExperimentalModifiedFindings"] = json!([
        {"Type": "secret", "Status": "ignored", "Statement": "s", "Source": ".trivyignore",
         "Finding": {"Match": "m"}}
    ]);
    image(json!([
        packages,
        {"Target": "app/.env", "Class": "secret", "Secrets": [
            {"RuleID": "r", "Category": "c", "Severity": "HIGH", "Title": "t", "Match": "m",
             "StartLine": 1, "Code": {"Lines": [{"Content": "line", "Highlighted": "line"}]}}]},
        {"Target": "Dockerfile", "Class": "config", "Type": "dockerfile",
         "MisconfSummary": {"Successes": 1, "Failures": 1}, "Misconfigurations": [
            {"ID": "DS002", "Message": "m", "Status": "FAIL", "Severity": "HIGH",
             "CauseMetadata": {"Code": {"Lines": [{"Content": "ENV PASSWORD"}]}}}]}
    ]))
}

/// A report of each form.
fn reports() -> Vec<Value> {
    let cases = load_folder(CASES, Some("trivy")).unwrap();
    let forms = ["clean-v2", "v1-array", "sarif-medium-only"];
    let of_forms = cases.iter().filter(|it| forms.contains(&&*it.name));
    let read = |it: &Delivery| serde_json::from_str(it.body_text.as_deref()?).ok();
    let of = |case: &Case| case.deliveries.iter().filter_map(read).collect::<Vec<_>>();
    of_forms.flat_map(of).chain([rich()]).collect()
}

/// The value with each of its texts changed, one at a time.
fn changed(json: &Value, change: &dyn Fn(&str) -> String) -> Vec<Value> {
    match json {
        Value::String(text) => vec![change(text).into()],
        Value::Array(items) => {
            let at = |(index, item): (usize, &Value)| {
                let put = move |inner: Value| {
                    let mut items = items.clone();
                    items[index] = inner;
                    Value::Array(items)
                };
                changed(item, change)
                    .into_iter()
                    .map(put)
                    .collect::<Vec<_>>()
            };
            items.iter().enumerate().flat_map(at).collect()
        }
        Value::Object(keys) => {
            let at = |(key, item): (&String, &Value)| {
                let put = |inner: Value| {
                    let mut keys = keys.clone();
                    keys.insert(key.clone(), inner);
                    Value::Object(keys)
                };
                changed(item, change)
                    .into_iter()
                    .map(put)
                    .collect::<Vec<_>>()
            };
            keys.iter().flat_map(at).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

#[tokio::test]
async fn a_secret_in_any_text_of_a_report_is_neither_kept_nor_shown_nor_answered() {
    let source = source(json!({"declared": {"scanners": ["vuln", "secret", "misconfig"]}}));
    let mut planted = 0;
    for secret in [SECRET, TOKEN] {
        let appended = |text: &str| format!("{text}{secret}");
        let alone = |_: &str| secret.to_owned();
        for report in reports() {
            for report in [changed(&report, &appended), changed(&report, &alone)].concat() {
                let upload = upload(report.to_string(), None, -60);
                let accepted = accept(&upload, ARTIFACT, chrono::TimeDelta::days(1));
                let shown = format!("{upload:?} {accepted:?}");
                assert!(!shown.contains(secret), "{report}\n{shown}");
                planted += 1;
                let Ok(accepted) = accepted else { continue };
                let kept = String::from_utf8_lossy(&accepted.records[0]);
                assert!(!kept.contains(secret), "{report}\n{kept}");
                let trial = trial(source.clone());
                let delivered = trial.deliver(&upload).await;
                let shown = format!("{delivered:?} {:?}", evidence(&trial, 0).await);
                assert!(!shown.contains(secret), "{report}\n{shown}");
            }
        }
    }
    assert!(planted > 400, "{planted}");
}

#[test]
fn what_is_kept_of_a_report_is_small_whatever_its_size() {
    let findings: Value = (0..5000)
        .map(|id| vulnerability(&format!("CVE-2026-{id}"), "LOW"))
        .collect();
    let report = image(json!([os_packages(findings)])).to_string();
    let accepted = accept(
        &upload(report, None, -60),
        ARTIFACT,
        chrono::TimeDelta::days(1),
    );
    let records = accepted.unwrap().records;
    assert_eq!(records.len(), 1);
    assert!(records[0].len() < 1024, "{}", records[0].len());
    let record = passport_connector_sdk::Record {
        received_at: super::bench::at(0),
        body: records[0].clone(),
    };
    let low = crate::connectors::trivy::severity::Severity::Low;
    assert_eq!(Report::read(&record).summary.vulnerabilities.of(low), 5000);
}
