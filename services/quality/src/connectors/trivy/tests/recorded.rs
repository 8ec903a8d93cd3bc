//! What Trivy itself wrote is judged as what it is.

use std::fs;

use passport_connector_sdk::server::Delivered;
use passport_evidence::Evidence;
use serde_json::{Value, json};

use super::bench::{evidence, source, trial, upload, words};

const FOLDER: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/src/connectors/trivy/testdata/recorded"
);

fn recorded(name: &str) -> String {
    fs::read_to_string(format!("{FOLDER}/{name}")).unwrap()
}

/// The same as if it had been made ten minutes ago.
fn of_today(report: &str) -> String {
    let json: Value = serde_json::from_str(report).unwrap();
    match json["CreatedAt"].as_str() {
        Some(at) => report.replace(at, "2026-05-03T09:20:00.193266524Z"),
        None => report.to_owned(),
    }
}

/// A recorded report as if it had been made ten minutes ago.
pub fn of_today_named(name: &str) -> Value {
    serde_json::from_str(&of_today(&recorded(name))).unwrap()
}

/// What is judged of it by a source whose pipeline hides nothing and looks for everything.
async fn judged(name: &str, artifact: &str, more: Value) -> Evidence {
    let all = json!({
        "severities": ["unknown", "low", "medium", "high", "critical"],
        "ignore_unfixed": false, "ignore_file": false, "scanners": ["vuln", "secret", "misconfig"],
    });
    let mut source = source(json!({"scope": {"artifact": artifact}, "declared": all}));
    let keys = source["declared"].as_object_mut().unwrap();
    keys.extend(more.as_object().unwrap().clone());
    let trial = trial(source);
    let upload = upload(of_today(&recorded(name)), Some("2026-05-03T09:20:00Z"), -60);
    let delivered = trial.deliver(&upload).await;
    assert!(
        matches!(delivered, Delivered::Accepted(..)),
        "{name}: {delivered:?}"
    );
    evidence(&trial, 0).await
}

async fn says(name: &str, artifact: &str, declared: Value, facts: &[(&str, &str)]) {
    let evidence = judged(name, artifact, declared).await;
    for (fact, said) in facts {
        assert_eq!(words(&evidence, fact), *said, "{fact} of {name}");
    }
}

const FILES: &str = "services/checkout";
const CLEAN: &str = "services/clean";

#[tokio::test]
async fn findings_are_counted_in_json_as_in_sarif() {
    let found = [
        ("vulnerabilities critical", "failed THRESHOLD_MISSED 1"),
        ("vulnerabilities high", "failed THRESHOLD_MISSED 1"),
        (
            "fixable_vulnerabilities critical",
            "not_applicable INFORMATIONAL 1",
        ),
    ];
    for name in [
        "vulnerabilities.json",
        "vulnerabilities.sarif",
        "severity-high.json",
        "everything.json",
    ] {
        says(name, FILES, json!({}), &found).await;
    }
    says(
        "vulnerabilities.json",
        FILES,
        json!({}),
        &[
            ("vulnerabilities low", "not_applicable INFORMATIONAL 1"),
            ("scan_coverage", "passed lang-pkgs"),
            ("suppressed_findings", "passed 0"),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_clean_scan_passes_only_where_nothing_is_hidden() {
    for name in ["clean.json", "clean-without-packages.json"] {
        says(
            name,
            CLEAN,
            json!({}),
            &[
                ("vulnerabilities critical", "passed 0"),
                ("scan_coverage", "passed lang-pkgs"),
            ],
        )
        .await;
    }
    // An ignore file leaves a report behind that looks like a clean one.
    says(
        "all-ignored.json",
        FILES,
        json!({"ignore_file": null}),
        &[
            ("vulnerabilities critical", "warning NOT_CONFIGURED 0"),
            ("suppressed_findings", "unknown NOT_CONFIGURED"),
        ],
    )
    .await;
    says(
        "all-ignored.json",
        FILES,
        json!({"ignore_file": true}),
        &[
            ("vulnerabilities critical", "warning SUPPRESSED 0"),
            ("suppressed_findings", "unknown SUPPRESSED"),
        ],
    )
    .await;
    says(
        "ignore-file-shown.json",
        FILES,
        json!({}),
        &[
            ("vulnerabilities critical", "warning SUPPRESSED 0"),
            ("suppressed_findings", "warning THRESHOLD_MISSED 2"),
        ],
    )
    .await;
    says(
        "clean.sarif",
        CLEAN,
        json!({}),
        &[
            ("vulnerabilities critical", "warning SELF_DECLARED 0"),
            ("scan_coverage", "unknown NO_DATA none"),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_report_without_results_proves_nothing() {
    for (name, artifact) in [
        ("nothing.json", "services/none"),
        ("no-secret.json", CLEAN),
        ("image-scratch.json", "img/scratch.tar"),
    ] {
        says(
            name,
            artifact,
            json!({}),
            &[
                ("vulnerabilities critical", "unknown NO_DATA"),
                ("scan_coverage", "unknown NO_DATA none"),
                ("misconfigurations critical", "unknown NO_DATA"),
                ("suppressed_findings", "unknown NO_DATA"),
            ],
        )
        .await;
    }
    // Trivy lists no result of secrets where it finds none: that it looked is only said.
    says(
        "no-secret.json",
        CLEAN,
        json!({}),
        &[("secrets", "warning SELF_DECLARED 0")],
    )
    .await;
}

#[tokio::test]
async fn configuration_and_secrets_are_no_vulnerabilities() {
    for name in ["config.json", "config.sarif", "everything.json"] {
        let evidence = judged(name, FILES, json!({})).await;
        assert_eq!(
            words(&evidence, "misconfigurations high"),
            "failed THRESHOLD_MISSED 2",
            "{name}"
        );
    }
    says(
        "config.json",
        FILES,
        json!({}),
        &[
            ("vulnerabilities critical", "unknown NO_DATA"),
            ("misconfigurations critical", "passed 0"),
            ("misconfigurations low", "not_applicable INFORMATIONAL 1"),
        ],
    )
    .await;
    let critical = json!({"severities": ["critical"]});
    says(
        "config-severity-critical.json",
        FILES,
        critical,
        &[
            ("misconfigurations critical", "passed 0"),
            ("misconfigurations high", "warning SUPPRESSED 0"),
        ],
    )
    .await;
    for name in ["secret.json", "everything.json"] {
        says(
            name,
            FILES,
            json!({}),
            &[("secrets", "failed THRESHOLD_MISSED 1")],
        )
        .await;
    }
}

#[tokio::test]
async fn an_image_is_known_by_its_system() {
    says(
        "image-alpine.json",
        "img/alpine.tar",
        json!({}),
        &[
            ("vulnerabilities critical", "passed 0"),
            ("vulnerabilities medium", "not_applicable INFORMATIONAL 1"),
            ("scan_coverage", "passed os-pkgs"),
            ("os_support alpine 3.20.1", "warning DEGRADED end_of_life"),
            ("artifact_digest", "unknown NO_DATA"),
        ],
    )
    .await;
    says(
        "image-alpine.sarif",
        "img/alpine.tar",
        json!({}),
        &[
            ("vulnerabilities critical", "passed 0"),
            ("vulnerabilities medium", "not_applicable INFORMATIONAL 1"),
            ("scan_coverage", "passed os-pkgs"),
        ],
    )
    .await;
    says(
        "image-old.json",
        "img/old.tar",
        json!({}),
        &[("os_support alpine 3.9.0", "warning DEGRADED end_of_life")],
    )
    .await;
}

#[tokio::test]
async fn every_recorded_report_is_about_what_was_scanned_and_nothing_else() {
    let files = fs::read_dir(FOLDER).unwrap().map(|it| it.unwrap());
    let names = files.map(|it| it.file_name().into_string().unwrap());
    let reports = names.filter(|it| it.ends_with(".json"));
    let mut count = 0;
    for name in reports {
        let trial = trial(source(json!({"scope": {"artifact": "services/other"}})));
        let delivered = trial
            .deliver(&upload(of_today(&recorded(&name)), None, -60))
            .await;
        assert!(
            matches!(delivered, Delivered::Rejected(_)),
            "{name}: {delivered:?}"
        );
        count += 1;
    }
    assert_eq!(count, 17);
}
