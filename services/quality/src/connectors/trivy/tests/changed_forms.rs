//! Whatever is lost, doubled or changed of a report of an image, of a cluster, in SARIF or in an older form,
//! nothing passes that it does not say.

use std::sync::LazyLock;

use passport_evidence::{Fact, Status};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    bench::{ARTIFACT, digest, image, os_packages, vulnerability},
    fed,
    mutated::mutated,
};

/// Of each form.
const CHANGED: u32 = 100_000;

type Reports = LazyLock<Vec<Value>>;

// The reports.

fn libraries() -> Value {
    json!({"Target": "app/package-lock.json", "Class": "lang-pkgs", "Type": "npm",
           "Vulnerabilities": [vulnerability("CVE-2026-2", "LOW")]})
}

fn configuration() -> Value {
    json!({"Target": "Dockerfile", "Class": "config", "Type": "dockerfile",
           "MisconfSummary": {"Successes": 20, "Failures": 1},
           "Misconfigurations": [{"ID": "DS001", "Status": "FAIL", "Severity": "LOW"}]})
}

fn no_secrets() -> Value {
    json!({"Target": "app", "Class": "secret"})
}

static IMAGES: Reports = LazyLock::new(|| {
    let system = os_packages(json!([vulnerability("CVE-2026-1", "HIGH")]));
    let clean = os_packages(json!([]));
    let mut ignoring = clean.clone();
    let statement = json!({"Type": "vulnerability", "Status": "not_affected"});
    ignoring["ExperimentalModifiedFindings"] = json!([statement]);
    vec![
        image(json!([clean.clone()])),
        image(json!([clean, libraries(), configuration(), no_secrets()])),
        image(json!([system])),
        image(json!([ignoring])),
    ]
});

static CLUSTERS: Reports = LazyLock::new(|| {
    let metadata = image(json!([]))["Metadata"].clone();
    let resource = |name: &str, images: Value, results: Value| {
        json!({"Namespace": "shop", "Kind": "Deployment", "Name": name,
               "Metadata": images, "Results": results})
    };
    let clean = json!([os_packages(json!([])), configuration()]);
    let bad = json!([os_packages(json!([vulnerability(
        "CVE-2026-9",
        "CRITICAL"
    )]))]);
    let own = resource("checkout-api", json!([metadata.clone()]), clean);
    let other = resource("worker", json!([metadata.clone()]), bad.clone());
    let again = resource("checkout-api", metadata, bad);
    let cluster = |key: &str, all: Value| json!({"ClusterName": "shop-prod", key: all});
    vec![
        cluster("Resources", json!([own.clone(), other])),
        cluster("Findings", json!([own.clone()])),
        cluster("Resources", json!([own, again])),
    ]
});

static LISTS: Reports = LazyLock::new(|| {
    let system =
        |found: Value| json!({"Target": "alpine", "Type": "alpine", "Vulnerabilities": found});
    let libraries = json!({"Target": "package-lock.json", "Type": "npm", "Vulnerabilities": null});
    let high = json!([
        vulnerability("CVE-2026-1", "HIGH"),
        vulnerability("CVE-2026-2", "LOW")
    ]);
    vec![
        json!([system(json!([])), libraries.clone()]),
        json!([system(high), libraries]),
        json!([system(Value::Null), configuration(), no_secrets()]),
    ]
});

static OLDEST: Reports = LazyLock::new(|| {
    let found = json!([
        vulnerability("CVE-2026-1", "HIGH"),
        vulnerability("CVE-2026-2", "LOW")
    ]);
    vec![
        json!({"checkout-api (alpine 3.9)": found, "package-lock.json": null}),
        json!({"checkout-api (alpine 3.9)": [], "package-lock.json": []}),
    ]
});

static SARIF: Reports = LazyLock::new(|| {
    let rule = |id: &str, name: &str, severity: &str, score: &str| {
        json!({"id": id, "name": name, "properties": {
            "security-severity": score, "tags": ["vulnerability", "security", severity]}})
    };
    let found = |id: &str, at: usize| {
        json!({"ruleId": id, "ruleIndex": at, "level": "note",
               "message": {"text": "Package: zlib\nInstalled Version: 1.2.3\nFixed Version: 1.2.4"},
               "locations": [{"physicalLocation": {"artifactLocation": {"uri": "checkout-api"}}}]})
    };
    let log = |rules: Value, results: Value| {
        json!({"version": "2.1.0", "runs": [{
            "tool": {"driver": {"name": "Trivy", "rules": rules}}, "results": results,
            "properties": {
                "imageName": format!("{ARTIFACT}:1.8.0"),
                "repoDigests": [format!("{ARTIFACT}@{}", digest('a'))],
                "repoTags": [format!("{ARTIFACT}:1.8.0")],
            },
        }]})
    };
    let low = || rule("CVE-2026-1", "OsPackageVulnerability", "LOW", "2.0");
    let medium = rule(
        "CVE-2026-2",
        "LanguageSpecificPackageVulnerability",
        "MEDIUM",
        "5.5",
    );
    let high = rule("CVE-2026-3", "OsPackageVulnerability", "HIGH", "8.0");
    let check = rule("DS001", "Misconfiguration", "LOW", "2.0");
    vec![
        log(json!([low()]), json!([found("CVE-2026-1", 0)])),
        log(
            json!([low(), medium, check]),
            json!([
                found("CVE-2026-1", 0),
                found("CVE-2026-2", 1),
                found("DS001", 2)
            ]),
        ),
        log(
            json!([low(), high]),
            json!([found("CVE-2026-1", 0), found("CVE-2026-3", 1)]),
        ),
        log(json!([]), json!([])),
    ]
});

// What Trivy would have to say, read from the report itself.

const KNOWN: [&str; 5] = ["CRITICAL", "HIGH", "MEDIUM", "LOW", "UNKNOWN"];

fn items<'a>(json: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    json[key].as_array().into_iter().flatten()
}

/// The severity that a fact counts, as Trivy writes it.
fn counted(fact: &Fact) -> String {
    fact.item().unwrap_or_default().to_uppercase()
}

fn is_of_another_severity(finding: &Value, severity: &str) -> bool {
    let said = finding["Severity"].as_str();
    said.is_some_and(|it| KNOWN.contains(&it) && it != severity)
}

fn is_class(result: &Value, class: &str) -> bool {
    result["Class"] == *class
}

fn names_digest(names: &Value) -> bool {
    let digest = digest('a');
    let mut names = names.as_array().into_iter().flatten();
    names.any(|it| it.as_str().is_some_and(|it| it.ends_with(&digest)))
}

/// Whether a statement of a maintainer took it out, and no ignore file.
fn is_by_statement(finding: &Value) -> bool {
    let words = [
        "unknown",
        "not_affected",
        "affected",
        "fixed",
        "under_investigation",
    ];
    finding["Status"]
        .as_str()
        .is_some_and(|it| words.contains(&it))
}

/// What results may say by themselves, where the packages of a system are known to have been scanned or not.
fn results_may_pass(results: &[&Value], is_covered: bool, fact: &Fact) -> bool {
    let severity = counted(fact);
    let found = |key: &'static str| results.iter().flat_map(move |it| items(it, key));
    let hides = !found("ExperimentalModifiedFindings").all(is_by_statement);
    match fact.name().as_str() {
        "vulnerabilities" => {
            let is_harmless = |it: &Value| is_of_another_severity(it, &severity);
            is_covered && !hides && found("Vulnerabilities").all(is_harmless)
        }
        "misconfigurations" => {
            let is_good = |it: &Value| matches!(it["Status"].as_str(), Some("PASS" | "EXCEPTION"));
            let is_harmless = |it: &Value| is_good(it) || is_of_another_severity(it, &severity);
            let is_summed =
                |it: &&Value| is_class(it, "config") && it["MisconfSummary"].is_object();
            !hides && results.iter().any(is_summed) && found("Misconfigurations").all(is_harmless)
        }
        "secrets" => {
            let has_none = found("Secrets").next().is_none();
            !hides && has_none && results.iter().any(|it| is_class(it, "secret"))
        }
        "scan_coverage" => is_covered,
        _ => false,
    }
}

fn has_system(metadata: &Value) -> bool {
    metadata["OS"]["Family"] == "alpine"
}

fn image_may_pass(report: &Value, fact: &Fact) -> bool {
    let results: Vec<_> = items(report, "Results").collect();
    let has_packages = results.iter().any(|it| is_class(it, "os-pkgs"));
    let is_of_files = matches!(
        report["ArtifactType"].as_str(),
        Some("filesystem" | "repository")
    );
    let has_libraries = results.iter().any(|it| is_class(it, "lang-pkgs"));
    let of_image = has_packages && has_system(&report["Metadata"]);
    let of_files = is_of_files && (has_packages || has_libraries);
    match fact.name().as_str() {
        "os_support" => {
            let is_over = report["Metadata"]["OS"]["EOSL"] == json!(true);
            has_system(&report["Metadata"]) && !is_over && !is_of_files
        }
        "suppressed_findings" => {
            let mut all = results.iter();
            !results.is_empty()
                && all.all(|it| items(it, "ExperimentalModifiedFindings").next().is_none())
        }
        "artifact_digest" => names_digest(&report["Metadata"]["RepoDigests"]),
        _ => results_may_pass(&results, of_image || of_files, fact),
    }
}

/// What is told of the images of a resource: of several, or of one.
fn images(resource: &Value) -> Vec<&Value> {
    let told = &resource["Metadata"];
    match told.as_array() {
        Some(all) => all.iter().collect(),
        None => vec![told],
    }
}

fn cluster_may_pass(report: &Value, fact: &Fact) -> bool {
    let all = items(report, "Resources").chain(items(report, "Findings"));
    let is_own = |it: &&Value| {
        let named = [
            ("Namespace", "shop"),
            ("Kind", "Deployment"),
            ("Name", "checkout-api"),
        ];
        named.iter().all(|(key, name)| it[key] == *name)
    };
    let own: Vec<_> = all.filter(is_own).collect();
    let results: Vec<_> = own.iter().flat_map(|it| items(it, "Results")).collect();
    let images: Vec<_> = own.iter().flat_map(|it| images(it)).collect();
    let has_packages = results.iter().any(|it| is_class(it, "os-pkgs"));
    let was_scanned = own.iter().all(|it| items(it, "Results").next().is_some());
    let is_covered = was_scanned && has_packages && images.iter().any(|it| has_system(it));
    match fact.name().as_str() {
        "os_support" => images.iter().any(|it| has_system(it)),
        "suppressed_findings" => {
            let mut all = results.iter();
            !results.is_empty()
                && all.all(|it| items(it, "ExperimentalModifiedFindings").next().is_none())
        }
        "artifact_digest" => images.iter().any(|it| names_digest(&it["RepoDigests"])),
        "misconfigurations" | "secrets" => {
            was_scanned && results_may_pass(&results, is_covered, fact)
        }
        _ => results_may_pass(&results, is_covered, fact),
    }
}

/// A list tells of systems by their type alone.
fn list_may_pass(report: &Value, fact: &Fact) -> bool {
    let entries: Vec<_> = report.as_array().into_iter().flatten().collect();
    let is_covered = entries.iter().any(|it| it["Type"] == "alpine");
    results_may_pass(&entries, is_covered, fact)
}

/// The oldest form tells of nothing that was scanned.
fn oldest_may_pass(_: &Value, _: &Fact) -> bool {
    false
}

/// The severity that a rule tells: its last tag, or what its score stands for.
fn told(rule: &Value) -> Option<&'static str> {
    let properties = &rule["properties"];
    let tag = items(properties, "tags").last().and_then(Value::as_str);
    let known = KNOWN.iter().find(|it| Some(**it) == tag);
    let score = || match properties["security-severity"].as_str()? {
        "9.8" => Some("CRITICAL"),
        "8.0" => Some("HIGH"),
        "5.5" => Some("MEDIUM"),
        "2.0" => Some("LOW"),
        _ => None,
    };
    known.copied().or_else(score)
}

fn sarif_may_pass(report: &Value, fact: &Fact) -> bool {
    let severity = counted(fact);
    let run = &report["runs"][0];
    let rules: Vec<_> = items(&run["tool"]["driver"], "rules").collect();
    let results: Vec<_> = items(run, "results").collect();
    let is_harmless = |rule: &Value| {
        let others = ["Misconfiguration", "Secret", "License"];
        let is_other = rule["name"].as_str().is_some_and(|it| others.contains(&it));
        is_other || told(rule).is_some_and(|it| it != severity)
    };
    let is_of = |rule: &Value, at: usize, result: &Value| {
        result["ruleId"] == rule["id"] || result["ruleIndex"] == json!(at)
    };
    let rule_is_harmless = |result: &&Value| {
        let mut all = rules.iter().enumerate();
        all.any(|(at, rule)| is_of(rule, at, result) && is_harmless(rule))
    };
    let is_used = |(at, rule): (usize, &&Value)| results.iter().any(|it| is_of(rule, at, it));
    let is_whole = run["results"].is_array() && rules.iter().enumerate().all(is_used);
    let has_system = rules
        .iter()
        .any(|it| it["name"] == "OsPackageVulnerability");
    match fact.name().as_str() {
        "vulnerabilities" => is_whole && has_system && results.iter().all(rule_is_harmless),
        "scan_coverage" => is_whole && has_system,
        "artifact_digest" => names_digest(&run["properties"]["repoDigests"]),
        _ => false,
    }
}

/// What passed and may not have.
fn unearned(
    facts: Vec<Fact>,
    report: &Value,
    may_pass: fn(&Value, &Fact) -> bool,
) -> Result<(), String> {
    let mut passed = facts.iter().filter(|it| it.status() == Status::Passed);
    match passed.find(|it| !may_pass(report, it)) {
        None => Ok(()),
        Some(fact) => Err(format!("{fact:?} of {report}")),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CHANGED))]

    #[test]
    fn of_an_image_nothing_passes_that_is_not_said(report in mutated(&IMAGES)) {
        let facts = fed::of_image(report.to_string());
        prop_assert_eq!(unearned(facts, &report, image_may_pass), Ok(()));
    }

    #[test]
    fn of_a_cluster_nothing_passes_that_is_not_said(report in mutated(&CLUSTERS)) {
        let facts = fed::of_resource(report.to_string());
        prop_assert_eq!(unearned(facts, &report, cluster_may_pass), Ok(()));
    }

    #[test]
    fn of_a_list_nothing_passes_that_is_not_said(report in mutated(&LISTS)) {
        let facts = fed::of_image(report.to_string());
        prop_assert_eq!(unearned(facts, &report, list_may_pass), Ok(()));
    }

    #[test]
    fn of_the_oldest_form_nothing_passes(report in mutated(&OLDEST)) {
        let facts = fed::of_image(report.to_string());
        prop_assert_eq!(unearned(facts, &report, oldest_may_pass), Ok(()));
    }

    #[test]
    fn of_sarif_nothing_passes_that_is_not_said(report in mutated(&SARIF)) {
        let facts = fed::of_image(report.to_string());
        prop_assert_eq!(unearned(facts, &report, sarif_may_pass), Ok(()));
    }
}

/// Of each form as it was, what passes; the observers let that through.
#[test]
fn what_was_not_changed_passes_what_it_says() {
    type Form = (
        &'static Reports,
        fn(String) -> Vec<Fact>,
        fn(&Value, &Fact) -> bool,
        usize,
    );
    let forms: [Form; 5] = [
        (&IMAGES, fed::of_image, image_may_pass, 6),
        (&CLUSTERS, fed::of_resource, cluster_may_pass, 6),
        (&LISTS, fed::of_image, list_may_pass, 3),
        (&OLDEST, fed::of_image, oldest_may_pass, 0),
        (&SARIF, fed::of_image, sarif_may_pass, 4),
    ];
    for (reports, judge, may_pass, most) in forms {
        let passed = reports.iter().map(|report| {
            let facts = judge(report.to_string());
            let count = facts
                .iter()
                .filter(|it| it.status() == Status::Passed)
                .count();
            assert_eq!(unearned(facts, report, may_pass), Ok(()));
            count
        });
        let found = passed.max().unwrap_or_default();
        assert!(found >= most, "{found} of {most}: {}", reports[0]);
    }
}
