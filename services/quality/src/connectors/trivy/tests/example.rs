//! The report that is shown as an example.

use passport_evidence::Status;
use serde_json::json;

use super::bench::{digest, evidence, source, trial_of, upload, words};

const REPORT: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../deploy/examples/trivy-report.json"
);

#[tokio::test]
async fn it_passes_once_its_uploader_says_when_the_scan_was() {
    let trial = trial_of(source(json!({})), vec![digest('1')]);
    let report = std::fs::read(REPORT).unwrap();
    let observed_at = Some("2026-05-03T09:29:00Z");
    trial.deliver(&upload(report, observed_at, -30)).await;
    let evidence = evidence(&trial, 0).await;
    let judged = evidence
        .facts()
        .iter()
        .filter(|it| it.threshold().is_some());
    let statuses: Vec<_> = judged.map(|it| it.status()).collect();
    assert_eq!(statuses, [Status::Passed; 6]);
    for (fact, said) in [
        ("vulnerabilities medium", "not_applicable INFORMATIONAL 1"),
        ("vulnerabilities low", "not_applicable INFORMATIONAL 2"),
        ("report_time", "unknown NO_DATA"),
        ("credential_scope", "not_applicable INFORMATIONAL"),
    ] {
        assert_eq!(words(&evidence, fact), said, "{fact}");
    }
}
