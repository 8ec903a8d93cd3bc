//! What a whole report is judged to be.

use serde_json::{Value, json};

use super::bench::{
    ARTIFACT, digest, evidence, image, judged, os_packages, push, source, trial_of, vulnerability,
    words,
};

async fn critical(found: Value, threshold: &str) -> String {
    let thresholds = json!({"vulnerabilities": {"critical": threshold}});
    let source = source(json!({ "thresholds": thresholds }));
    let evidence = judged(source, &image(json!([os_packages(found)]))).await;
    words(&evidence, "vulnerabilities critical")
}

#[tokio::test]
async fn a_finding_counts_once_for_its_id_package_version_and_target() {
    let one = vulnerability("CVE-2026-1", "CRITICAL");
    let mut other_package = one.clone();
    other_package["PkgName"] = json!("openssl");
    let mut other_version = one.clone();
    other_version["InstalledVersion"] = json!("2");
    let mut fixed = one.clone();
    fixed["FixedVersion"] = json!("1.2.4");
    let found = json!([one, one, other_package, other_version, fixed]);
    assert_eq!(critical(found.clone(), "<= 3").await, "passed 3");
    assert_eq!(critical(found, "<= 2").await, "failed THRESHOLD_MISSED 3");
}

#[tokio::test]
async fn the_same_finding_in_another_target_counts_again() {
    let found = || json!([vulnerability("CVE-2026-1", "CRITICAL")]);
    let mut elsewhere = os_packages(found());
    elsewhere["Target"] = json!("elsewhere");
    let evidence = judged(
        source(json!({})),
        &image(json!([os_packages(found()), elsewhere])),
    )
    .await;
    assert_eq!(
        words(&evidence, "vulnerabilities critical"),
        "failed THRESHOLD_MISSED 2"
    );
}

#[tokio::test]
async fn findings_without_an_id_or_a_package_are_not_taken_for_the_same() {
    for key in ["VulnerabilityID", "PkgName"] {
        let mut nameless = vulnerability("CVE-2026-1", "CRITICAL");
        nameless.as_object_mut().unwrap().remove(key);
        let found = json!([nameless, nameless]);
        assert_eq!(
            critical(found, "<= 1").await,
            "failed THRESHOLD_MISSED 2",
            "{key}"
        );
    }
}

#[tokio::test]
async fn a_finding_of_no_known_severity_may_be_critical() {
    for severity in [json!("Critical"), json!("SEVERE"), json!(""), json!(null)] {
        let mut found = vulnerability("CVE-2026-1", "");
        found["Severity"] = severity.clone();
        let said = critical(json!([found]), "= 0").await;
        assert_eq!(said, "unknown LOWER_BOUND >= 0", "{severity}");
    }
}

#[tokio::test]
async fn what_trivy_calls_unknown_is_a_severity_of_its_own() {
    let found = json!([vulnerability("CVE-2026-1", "UNKNOWN")]);
    let evidence = judged(source(json!({})), &image(json!([os_packages(found)]))).await;
    assert_eq!(words(&evidence, "vulnerabilities critical"), "passed 0");
    assert_eq!(
        words(&evidence, "vulnerabilities unknown"),
        "not_applicable INFORMATIONAL 1"
    );
}

#[tokio::test]
async fn an_operating_system_is_supported_given_up_or_not_detected() {
    for (os, item, said) in [
        (
            json!({"Family": "alpine", "Name": "3.22.1"}),
            " alpine 3.22.1",
            "passed supported",
        ),
        (
            json!({"Family": "alpine", "Name": "3.9", "EOSL": true}),
            " alpine 3.9",
            "warning DEGRADED end_of_life",
        ),
        (
            json!({"Family": "amazon", "Name": "2023.6.20241031 (Amazon Linux)"}),
            " amazon 2023.6.20241031",
            "passed supported",
        ),
        (
            json!({"Family": "debian", "Name": "trixie/sid"}),
            " debian trixie/sid",
            "passed supported",
        ),
        (
            json!({"Family": "debian", "Name": "hunter2"}),
            "",
            "unknown UNEXPECTED_SHAPE",
        ),
        (
            json!({"Family": "none"}),
            "",
            "warning NO_DATA not_detected",
        ),
        (json!({"Family": "alpine"}), "", "unknown UNEXPECTED_SHAPE"),
        (
            json!({"Family": "my own System", "Name": "1"}),
            "",
            "unknown UNRECOGNIZED_STATE",
        ),
        (json!(null), "", "warning NO_DATA not_detected"),
    ] {
        let mut report = image(json!([os_packages(json!([]))]));
        report["Metadata"]["OS"] = os.clone();
        let evidence = judged(source(json!({})), &report).await;
        assert_eq!(words(&evidence, &format!("os_support{item}")), said, "{os}");
    }
}

#[tokio::test]
async fn secrets_are_told_where_they_were_looked_for_or_found() {
    let class = |secrets: Value| {
        json!([os_packages(json!([])),
               {"Target": "a", "Class": "secret", "Secrets": secrets}])
    };
    let scanners = |names: Value| {
        json!({"severities": ["unknown", "low", "medium", "high", "critical"],
               "ignore_unfixed": false, "ignore_file": false, "scanners": names})
    };
    let both = json!(["vuln", "secret"]);
    for (declared, results, said) in [
        (
            scanners(json!(["vuln"])),
            json!([os_packages(json!([]))]),
            "",
        ),
        (
            scanners(both.clone()),
            json!([os_packages(json!([]))]),
            "warning SELF_DECLARED 0",
        ),
        (scanners(both.clone()), class(json!([])), "passed 0"),
        (
            scanners(both),
            class(json!([{"RuleID": "x"}])),
            "failed THRESHOLD_MISSED 1",
        ),
        (
            json!({}),
            class(json!([{"RuleID": "x"}, {"RuleID": "x"}])),
            "failed THRESHOLD_MISSED 2",
        ),
        (json!({}), class(json!([])), "warning NOT_CONFIGURED 0"),
        (
            json!({"severities": ["high"], "ignore_file": false, "scanners": ["secret"]}),
            class(json!([])),
            "warning SUPPRESSED 0",
        ),
    ] {
        let source = source(json!({ "declared": declared }));
        let evidence = judged(source, &image(results)).await;
        assert_eq!(words(&evidence, "secrets"), said, "{declared}");
    }
}

#[tokio::test]
async fn misconfigurations_are_judged_beside_trivys_own_summary() {
    let config = |summary: Value, found: Value| {
        json!([os_packages(json!([])), {"Target": "a", "Class": "config",
               "MisconfSummary": summary, "Misconfigurations": found}])
    };
    let check = |status: &str, severity: &str| json!({"Status": status, "Severity": severity});
    let failed = |failures: u64| json!({"Successes": 3, "Failures": failures});
    for (results, said) in [
        (json!([os_packages(json!([]))]), ""),
        (config(failed(0), json!([])), "passed 0"),
        (
            config(failed(0), json!([check("PASS", "HIGH")])),
            "passed 0",
        ),
        (config(failed(1), json!([check("FAIL", "LOW")])), "passed 0"),
        (
            config(failed(1), json!([check("FAIL", "HIGH")])),
            "failed THRESHOLD_MISSED 1",
        ),
        (
            config(json!(null), json!([check("FAIL", "LOW")])),
            "unknown NO_DATA",
        ),
        (
            config(failed(2), json!([check("FAIL", "LOW")])),
            "unknown CONTRADICTORY 0",
        ),
        (
            config(failed(1), json!([check("FAIL", "Low")])),
            "unknown LOWER_BOUND >= 0",
        ),
        (
            config(failed(1), json!([check("ERROR", "LOW")])),
            "unknown LOWER_BOUND >= 0",
        ),
    ] {
        let evidence = judged(source(json!({})), &image(results.clone())).await;
        assert_eq!(
            words(&evidence, "misconfigurations high"),
            said,
            "{results}"
        );
    }
}

#[tokio::test]
async fn one_digest_of_several_on_either_side_is_enough() {
    let mut report = image(json!([os_packages(json!([]))]));
    let names = ['b', 'c'].map(|of| format!("{ARTIFACT}@{}", digest(of)));
    report["Metadata"]["RepoDigests"] = json!(names);
    // Far more than a threshold has room for, the one that fits last.
    let many = "0123456789ade".chars().chain(['c']).map(digest);
    let trial = trial_of(source(json!({})), many.collect());
    push(&trial, &report, -60).await;
    let evidence = evidence(&trial, 0).await;
    let both = format!("{},{}", digest('b'), digest('c'));
    assert_eq!(
        words(&evidence, "artifact_digest"),
        format!("passed {both}")
    );
}

#[tokio::test]
async fn a_subject_without_a_digest_is_no_subject() {
    let trial = trial_of(source(json!({})), Vec::new());
    push(&trial, &image(json!([os_packages(json!([]))])), -60).await;
    let evidence = evidence(&trial, 0).await;
    let said = format!("not_applicable NO_SUBJECT {}", digest('a'));
    assert_eq!(words(&evidence, "artifact_digest"), said);
}

#[tokio::test]
async fn a_subject_whose_digest_is_none_may_be_another() {
    for illegible in ["latest", "", "sha256:ab", "md5:ab", "sha256:\u{e9}"] {
        for others in [vec![], vec![digest('b')]] {
            let digests = [others, vec![illegible.to_owned()]].concat();
            let trial = trial_of(source(json!({})), digests);
            push(&trial, &image(json!([os_packages(json!([]))])), -60).await;
            let evidence = evidence(&trial, 0).await;
            let said = format!("unknown UNEXPECTED_SHAPE {}", digest('a'));
            assert_eq!(words(&evidence, "artifact_digest"), said, "{illegible:?}");
            let critical = words(&evidence, "vulnerabilities critical");
            assert_eq!(critical, "unknown OTHER_SUBJECT 0", "{illegible:?}");
        }
    }
}

#[tokio::test]
async fn a_digest_is_the_same_however_the_subject_writes_it() {
    let hex = "ab".repeat(32);
    let mut report = image(json!([os_packages(json!([]))]));
    report["Metadata"]["RepoDigests"] = json!([format!("{ARTIFACT}@sha256:{hex}")]);
    for (start, digits) in [
        ("sha256:", hex.clone()),
        ("", hex.clone()),
        (" SHA256:", hex.to_uppercase()),
        ("images.example.com/acme/checkout-api@sha256:", hex.clone()),
        ("checkout-api:1@sha256:", hex.to_uppercase()),
    ] {
        for (digits, said) in [
            (digits.clone(), "passed"),
            (digits.replace(['a', 'A'], "c"), "failed"),
        ] {
            let written = format!("{start}{digits}");
            let trial = trial_of(source(json!({})), vec![written.clone(), digest('d')]);
            push(&trial, &report, -60).await;
            let evidence = evidence(&trial, 0).await;
            let found = words(&evidence, "artifact_digest");
            assert!(found.starts_with(said), "{written} {found}");
        }
    }
}

#[tokio::test]
async fn only_digests_in_the_artifacts_own_repository_are_its_own() {
    for (artifact, repository, is_own) in [
        (ARTIFACT, ARTIFACT, true),
        (ARTIFACT, "images.example.com/acme/other", false),
        (ARTIFACT, "acme/checkout-api", false),
        ("alpine", "index.docker.io/library/alpine", true),
        ("docker.io/acme/api", "acme/api", true),
        ("acme/api", "library/api", false),
        ("localhost/api", "api", false),
        ("localhost:5000/api", "api", false),
    ] {
        let mut report = image(json!([os_packages(json!([]))]));
        report["ArtifactName"] = json!(format!("{artifact}:1"));
        report["Metadata"]["RepoDigests"] = json!([format!("{repository}@{}", digest('a'))]);
        let source = source(json!({"scope": {"artifact": artifact}}));
        let evidence = judged(source, &report).await;
        let said = match is_own {
            true => format!("passed {}", digest('a')),
            false => "unknown NO_DATA".to_owned(),
        };
        let found = words(&evidence, "artifact_digest");
        assert_eq!(found, said, "{artifact} {repository}");
    }
}
