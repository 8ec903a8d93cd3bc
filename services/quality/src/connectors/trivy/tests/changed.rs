//! Whatever is lost, doubled or changed of a report that Trivy wrote, nothing passes that it does not say.

use std::sync::LazyLock;

use passport_evidence::{Fact, Status};
use proptest::prelude::*;
use serde_json::Value;

use super::{fed, form_oracle::is_by_statement, mutated::mutated, recorded::of_today_named};

const CHANGED: u32 = 100_000;

/// Reports of files, and what they were written as.
const REPORTS: [&str; 8] = [
    "vulnerabilities.json",
    "severity-high.json",
    "ignore-file.json",
    "ignore-file-shown.json",
    "all-ignored.json",
    "clean.json",
    "config-severity-critical.json",
    "secret.json",
];

static RECORDED: LazyLock<Vec<Value>> =
    LazyLock::new(|| REPORTS.iter().map(|it| of_today_named(it)).collect());

// What Trivy would have to say, read from the report itself.

fn items<'a>(json: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    json[key].as_array().into_iter().flatten()
}

fn is_class(result: &Value, classes: &[&str]) -> bool {
    result["Class"]
        .as_str()
        .is_some_and(|it| classes.contains(&it))
}

fn may_pass(report: &Value, fact: &Fact) -> bool {
    let mut results = items(report, "Results");
    let packages = ["os-pkgs", "lang-pkgs"];
    let is_of_files = matches!(
        report["ArtifactType"].as_str(),
        Some("filesystem" | "repository")
    );
    let has_packages = items(report, "Results").any(|it| is_class(it, &packages));
    let has_system = items(report, "Results").any(|it| is_class(it, &["os-pkgs"]))
        && report["Metadata"]["OS"]["Family"].is_string();
    let severity = fact.item().unwrap_or_default().to_uppercase();
    let known = ["CRITICAL", "HIGH", "MEDIUM", "LOW", "UNKNOWN"];
    let is_less = |it: &Value| {
        let said = it["Severity"].as_str();
        said.is_some_and(|it| known.contains(&it) && it != severity)
    };
    let hides = items(report, "Results")
        .flat_map(|it| items(it, "ExperimentalModifiedFindings"))
        .any(|it| !is_by_statement(it));
    match fact.name().as_str() {
        "vulnerabilities" => {
            let mut found = results.flat_map(|it| items(it, "Vulnerabilities"));
            has_packages && (is_of_files || has_system) && found.all(is_less) && !hides
        }
        "misconfigurations" => {
            let mut found = items(report, "Results").flat_map(|it| items(it, "Misconfigurations"));
            let is_good = |it: &Value| {
                is_less(it) || matches!(it["Status"].as_str(), Some("PASS" | "EXCEPTION"))
            };
            found.all(is_good) && results.any(|it| it["MisconfSummary"].is_object()) && !hides
        }
        "secrets" => {
            let mut found = items(report, "Results").flat_map(|it| items(it, "Secrets"));
            found.next().is_none() && results.any(|it| is_class(it, &["secret"])) && !hides
        }
        "scan_coverage" => has_packages && (is_of_files || has_system),
        "suppressed_findings" => {
            let mut found = results.flat_map(|it| items(it, "ExperimentalModifiedFindings"));
            found.next().is_none()
        }
        "os_support" => has_system || report["Metadata"]["OS"].is_object(),
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CHANGED))]

    #[test]
    fn nothing_passes_that_a_changed_report_does_not_say(report in mutated(&RECORDED)) {
        let facts = fed::judged(report.to_string());
        for fact in facts.iter().filter(|it| it.status() == Status::Passed) {
            prop_assert!(may_pass(&report, fact), "{fact:?} of {report}");
        }
    }
}

#[test]
fn what_was_not_changed_passes_what_it_says() {
    let facts = fed::judged(of_today_named("everything.json").to_string());
    let passed = facts.iter().filter(|it| it.status() == Status::Passed);
    let names: Vec<_> = passed.map(|it| it.name().as_str()).collect();
    assert!(
        names.contains(&"scan_coverage") && names.contains(&"misconfigurations"),
        "{names:?}"
    );
}
