//! The forms that reports come in.

use passport_connector_sdk::server::Delivered;
use passport_evidence::{Evidence, Status};
use serde_json::{Value, json};

use super::bench::{
    ARTIFACT, digest, evidence, judged, source, trial, upload, vulnerability, words,
};

/// The evidence of a report without a time of its own, made a minute before it came.
async fn timed(source: Value, report: &Value) -> Evidence {
    let trial = trial(source);
    let upload = upload(report.to_string(), Some("2026-05-03T09:20:00Z"), -60);
    let delivered = trial.deliver(&upload).await;
    assert!(
        matches!(delivered, Delivered::Accepted(..)),
        "{delivered:?}"
    );
    evidence(&trial, 0).await
}

fn has_passed(evidence: &Evidence) -> bool {
    evidence
        .facts()
        .iter()
        .any(|it| it.status() == Status::Passed)
}

#[tokio::test]
async fn nothing_uploaded_is_no_data_without_a_time() {
    let evidence = evidence(&trial(source(json!({}))), 0).await;
    assert_eq!(
        words(&evidence, "vulnerabilities critical"),
        "unknown NO_DATA"
    );
    assert_eq!(words(&evidence, "scan_coverage"), "unknown NO_DATA none");
    assert_eq!(words(&evidence, "artifact_digest"), "unknown NO_DATA");
    assert_eq!(evidence.freshness().observed_at, None);
    assert!(!has_passed(&evidence));
}

#[tokio::test]
async fn null_is_a_report_of_nothing() {
    let source = source(json!({"declared": {"scanners": ["vuln", "secret", "misconfig"]}}));
    let evidence = timed(source, &Value::Null).await;
    let judged = evidence
        .facts()
        .iter()
        .filter(|it| it.threshold().is_some());
    for fact in judged {
        assert_eq!(fact.status(), Status::Unknown, "{fact:?}");
        assert_eq!(
            fact.reason(),
            Some(passport_evidence::Reason::NoData),
            "{fact:?}"
        );
    }
    assert_eq!(words(&evidence, "secrets"), "unknown NO_DATA");
}

#[tokio::test]
async fn the_oldest_form_tells_findings_and_no_coverage() {
    let report = json!({
        "checkout-api (alpine 3.9)": [vulnerability("CVE-2026-1", "HIGH"),
                                      vulnerability("CVE-2026-1", "HIGH")],
        "package-lock.json": null,
    });
    let evidence = timed(source(json!({})), &report).await;
    assert_eq!(
        words(&evidence, "vulnerabilities high"),
        "failed THRESHOLD_MISSED 1"
    );
    assert_eq!(
        words(&evidence, "vulnerabilities critical"),
        "unknown NO_DATA"
    );
    assert_eq!(words(&evidence, "scan_coverage"), "unknown NO_DATA none");
    assert_eq!(words(&evidence, "os_support"), "");
}

#[tokio::test]
async fn a_list_of_schema_1_without_an_operating_system_may_be_of_an_image() {
    let report = json!([{"Target": "package-lock.json", "Type": "npm", "Vulnerabilities": null}]);
    let evidence = timed(source(json!({})), &report).await;
    assert_eq!(
        words(&evidence, "vulnerabilities critical"),
        "warning INCOMPLETE 0"
    );
    assert_eq!(
        words(&evidence, "scan_coverage"),
        "warning INCOMPLETE lang-pkgs"
    );
}

#[tokio::test]
async fn configuration_in_schema_1_is_no_package() {
    let report = json!([{"Target": "Dockerfile", "Type": "dockerfile"}]);
    let evidence = timed(source(json!({})), &report).await;
    assert_eq!(
        words(&evidence, "vulnerabilities critical"),
        "unknown NO_DATA"
    );
}

#[tokio::test]
async fn a_scan_of_files_needs_no_operating_system() {
    let report = json!({
        "SchemaVersion": 2, "CreatedAt": "2026-05-03T09:20:00Z",
        "ArtifactName": "services/checkout", "ArtifactType": "filesystem",
        "Results": [{"Target": "package-lock.json", "Class": "lang-pkgs", "Type": "npm"}],
    });
    let source = source(json!({"scope": {"artifact": "services/checkout"}}));
    let evidence = judged(source, &report).await;
    assert_eq!(words(&evidence, "vulnerabilities critical"), "passed 0");
    assert_eq!(words(&evidence, "scan_coverage"), "passed lang-pkgs");
    assert_eq!(words(&evidence, "os_support"), "");
    assert_eq!(words(&evidence, "artifact_digest"), "unknown NO_DATA");
}

// === SARIF ===

fn rule(id: &str, name: &str, properties: Value) -> Value {
    json!({"id": id, "name": name, "properties": properties})
}

fn result(rule: &str, package: &str) -> Value {
    let text = format!("Package: {package}\nInstalled Version: 1\nFixed Version: ");
    json!({"ruleId": rule, "level": "error", "message": {"text": text}})
}

fn sarif(rules: Value, results: Value) -> Value {
    json!({"version": "2.1.0", "runs": [{
        "tool": {"driver": {"name": "Trivy", "rules": rules}},
        "results": results,
        "properties": {"imageName": format!("{ARTIFACT}:1"),
                       "repoDigests": [format!("{ARTIFACT}@{}", digest('a'))]},
    }]})
}

#[tokio::test]
async fn sarif_severities_come_from_the_last_tag_else_from_the_score_and_never_from_the_level() {
    let os = "OsPackageVulnerability";
    let scored = |tags: Value, score: &str| json!({"tags": tags, "security-severity": score});
    for (properties, said) in [
        (scored(json!(["security", "LOW"]), "9.8"), "low"),
        (scored(json!(["LOW", "security"]), "9.0"), "critical"),
        (scored(json!(["CRITICAL", "security"]), "8.9"), "high"),
        (scored(json!([]), "4.0"), "medium"),
        (scored(json!(null), "0.1"), "low"),
        (scored(json!(["critical"]), "0.0"), "unknown"),
    ] {
        let wanted = json!({"medium": "= 0", "low": "= 0", "unknown": "= 0"});
        let source = source(json!({"thresholds": {"vulnerabilities": wanted}}));
        let report = sarif(
            json!([rule("CVE-1", os, properties.clone())]),
            json!([result("CVE-1", "zlib")]),
        );
        let evidence = timed(source, &report).await;
        for severity in ["critical", "high", "medium", "low", "unknown"] {
            let wanted = match severity == said {
                true => "failed THRESHOLD_MISSED 1",
                false => "passed 0",
            };
            let found = words(&evidence, &format!("vulnerabilities {severity}"));
            assert_eq!(found, wanted, "{severity} of {properties}");
        }
    }
}

#[tokio::test]
async fn a_sarif_finding_of_no_told_severity_may_be_of_any() {
    let os = "OsPackageVulnerability";
    let low = || rule("CVE-1", os, json!({"tags": ["LOW"]}));
    for (rules, results) in [
        (
            json!([rule("CVE-1", os, json!({}))]),
            json!([result("CVE-1", "a")]),
        ),
        (
            json!([low()]),
            json!([result("CVE-1", "b"), result("CVE-2", "a")]),
        ),
        (
            json!([low(), rule("CVE-1", os, json!({"tags": ["CRITICAL"]}))]),
            json!([result("CVE-1", "a")]),
        ),
        (
            json!([low(), rule("CVE-2", os, json!({"security-severity": "11"}))]),
            json!([result("CVE-1", "a"), result("CVE-2", "a")]),
        ),
    ] {
        let evidence = timed(source(json!({})), &sarif(rules.clone(), results)).await;
        assert_eq!(
            words(&evidence, "vulnerabilities critical"),
            "unknown LOWER_BOUND >= 0",
            "{rules}"
        );
    }
}

#[tokio::test]
async fn a_sarif_finding_counts_once_and_knows_its_rule_by_index_too() {
    let rules = json!([rule(
        "CVE-1",
        "OsPackageVulnerability",
        json!({"tags": ["HIGH"]})
    )]);
    let mut by_index = result("CVE-1", "b");
    by_index["ruleIndex"] = json!(0);
    by_index.as_object_mut().unwrap().remove("ruleId");
    let results = json!([result("CVE-1", "a"), result("CVE-1", "a"), by_index]);
    let evidence = timed(source(json!({})), &sarif(rules, results)).await;
    assert_eq!(
        words(&evidence, "vulnerabilities high"),
        "failed THRESHOLD_MISSED 2"
    );
    assert_eq!(
        words(&evidence, "fixable_vulnerabilities high"),
        "not_applicable INFORMATIONAL 0"
    );
    assert_eq!(words(&evidence, "os_support"), "");
}

#[tokio::test]
async fn sarif_secrets_and_configuration_are_told_apart_by_their_rules() {
    let tagged = json!({"tags": ["CRITICAL"]});
    let rules = json!([
        rule("CVE-1", "OsPackageVulnerability", json!({"tags": ["LOW"]})),
        rule("key", "Secret", tagged.clone()),
        rule("DS001", "Misconfiguration", tagged.clone()),
        rule("GPL", "License", tagged),
    ]);
    let results = ["CVE-1", "key", "DS001", "GPL"].map(|rule| result(rule, "a"));
    let results = json!(results);
    let evidence = timed(source(json!({})), &sarif(rules, results)).await;
    assert_eq!(words(&evidence, "vulnerabilities critical"), "passed 0");
    assert_eq!(words(&evidence, "secrets"), "failed THRESHOLD_MISSED 1");
    assert_eq!(
        words(&evidence, "misconfigurations critical"),
        "failed THRESHOLD_MISSED 1"
    );
    assert_eq!(
        words(&evidence, "misconfigurations high"),
        "unknown NO_DATA"
    );
}

#[tokio::test]
async fn an_empty_sarif_report_is_at_best_somebodys_word() {
    let empty = || sarif(json!([]), json!([]));
    let evidence = timed(source(json!({})), &empty()).await;
    assert_eq!(
        words(&evidence, "vulnerabilities critical"),
        "warning SELF_DECLARED 0"
    );
    assert_eq!(words(&evidence, "scan_coverage"), "unknown NO_DATA none");
    let undeclared = source(json!({"declared": {}}));
    let evidence = timed(undeclared, &empty()).await;
    assert_eq!(
        words(&evidence, "vulnerabilities critical"),
        "unknown NO_DATA"
    );
}

#[tokio::test]
async fn a_sarif_report_of_an_image_without_system_packages_is_incomplete() {
    let name = "LanguageSpecificPackageVulnerability";
    let rules = json!([rule("CVE-1", name, json!({"tags": ["LOW"]}))]);
    let report = sarif(rules, json!([result("CVE-1", "a")]));
    let evidence = timed(source(json!({})), &report).await;
    assert_eq!(
        words(&evidence, "vulnerabilities critical"),
        "warning INCOMPLETE 0"
    );
    assert_eq!(
        words(&evidence, "scan_coverage"),
        "warning INCOMPLETE lang-pkgs"
    );
}
