//! What may be hidden is not taken for zero.

use serde_json::{Value, json};

use super::bench::{image, judged, os_packages, source, vulnerability, words};

async fn critical(declared: Value, found: Value) -> String {
    let source = source(json!({ "declared": declared }));
    let evidence = judged(source, &image(json!([os_packages(found)]))).await;
    words(&evidence, "vulnerabilities critical")
}

const ALL: [&str; 5] = ["unknown", "low", "medium", "high", "critical"];

#[tokio::test]
async fn without_all_filters_declared_zero_is_a_warning() {
    for declared in [
        json!({}),
        json!({"severities": ALL, "ignore_unfixed": false}),
        json!({"severities": ALL, "ignore_file": false}),
        json!({"ignore_unfixed": false, "ignore_file": false}),
        json!({"scanners": ["vuln"]}),
    ] {
        assert_eq!(
            critical(declared.clone(), json!([])).await,
            "warning NOT_CONFIGURED 0",
            "{declared}"
        );
    }
}

#[tokio::test]
async fn a_lesser_finding_without_a_fix_shows_that_nothing_was_filtered() {
    let low = vulnerability("CVE-2026-1", "LOW");
    assert_eq!(critical(json!({}), json!([low])).await, "passed 0");
    let mut fixed = low.clone();
    fixed["FixedVersion"] = json!("1.2.4");
    fixed["Status"] = json!("fixed");
    let mut of_no_status = low.clone();
    of_no_status.as_object_mut().unwrap().remove("Status");
    let mut lost_its_fix = low;
    lost_its_fix["Status"] = json!("fixed");
    for shows_nothing in [fixed, of_no_status, lost_its_fix] {
        assert_eq!(
            critical(json!({}), json!([shows_nothing])).await,
            "warning NOT_CONFIGURED 0",
            "{shows_nothing}"
        );
    }
}

#[tokio::test]
async fn a_finding_of_the_same_severity_shows_nothing_of_lesser_ones() {
    let source = source(json!({
        "declared": {},
        "thresholds": {"vulnerabilities": {"medium": "<= 1"}},
    }));
    let found = json!([vulnerability("CVE-2026-1", "MEDIUM")]);
    let evidence = judged(source, &image(json!([os_packages(found)]))).await;
    assert_eq!(
        words(&evidence, "vulnerabilities medium"),
        "warning NOT_CONFIGURED 1"
    );
    assert_eq!(words(&evidence, "vulnerabilities high"), "passed 0");
}

#[tokio::test]
async fn a_declared_filter_makes_zero_a_warning_whatever_the_report_shows() {
    let low = json!([vulnerability("CVE-2026-1", "LOW")]);
    for declared in [
        json!({"severities": ["low", "high"]}),
        json!({"ignore_unfixed": true}),
        json!({"ignore_file": true}),
        json!({"severities": ALL, "ignore_unfixed": true, "ignore_file": false}),
        json!({"severities": ALL, "ignore_unfixed": false, "ignore_file": false,
               "scanners": ["secret"]}),
    ] {
        assert_eq!(
            critical(declared.clone(), low.clone()).await,
            "warning SUPPRESSED 0",
            "{declared}"
        );
    }
}

#[tokio::test]
async fn a_severity_that_is_let_through_passes_beside_one_that_is_not() {
    let declared = json!({"severities": ["critical"], "ignore_unfixed": false,
                          "ignore_file": false});
    let source = source(json!({ "declared": declared }));
    let evidence = judged(source, &image(json!([os_packages(json!([]))]))).await;
    assert_eq!(words(&evidence, "vulnerabilities critical"), "passed 0");
    assert_eq!(
        words(&evidence, "vulnerabilities high"),
        "warning SUPPRESSED 0"
    );
}

#[tokio::test]
async fn what_is_found_fails_however_little_is_declared() {
    let critical_one = json!([vulnerability("CVE-2026-1", "CRITICAL")]);
    for declared in [
        json!({}),
        json!({"severities": ["low"], "ignore_file": true}),
    ] {
        assert_eq!(
            critical(declared, critical_one.clone()).await,
            "failed THRESHOLD_MISSED 1"
        );
    }
}

fn modified(status: &str) -> Value {
    let mut result = os_packages(json!([]));
    result["ExperimentalModifiedFindings"] =
        json!([{"Type": "vulnerability", "Status": status, "Finding": {}}]);
    image(json!([result]))
}

#[tokio::test]
async fn an_ignore_file_that_is_seen_at_work_counts_whatever_was_declared() {
    let evidence = judged(source(json!({})), &modified("ignored")).await;
    assert_eq!(
        words(&evidence, "vulnerabilities critical"),
        "warning SUPPRESSED 0"
    );
    assert_eq!(
        words(&evidence, "suppressed_findings"),
        "warning THRESHOLD_MISSED 1"
    );
}

#[tokio::test]
async fn a_statement_that_something_is_not_affected_is_told_by_itself() {
    let evidence = judged(source(json!({})), &modified("not_affected")).await;
    assert_eq!(words(&evidence, "vulnerabilities critical"), "passed 0");
    assert_eq!(
        words(&evidence, "suppressed_findings"),
        "warning THRESHOLD_MISSED 1"
    );
}

#[tokio::test]
async fn that_nothing_was_suppressed_passes_only_where_no_ignore_file_is_declared() {
    for (declared, said) in [
        (json!({"ignore_file": false}), "passed 0"),
        (json!({"ignore_file": true}), "unknown SUPPRESSED"),
        (json!({}), "unknown NOT_CONFIGURED"),
    ] {
        let source = source(json!({ "declared": declared }));
        let evidence = judged(source, &image(json!([os_packages(json!([]))]))).await;
        assert_eq!(words(&evidence, "suppressed_findings"), said);
    }
}
