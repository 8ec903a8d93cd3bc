//! What Trivy would have to say, read from the report itself.

use passport_evidence::Fact;
use serde_json::{Value, json};

use super::bench::digest;

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
pub fn is_by_statement(finding: &Value) -> bool {
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

pub fn image_may_pass(report: &Value, fact: &Fact) -> bool {
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

pub fn cluster_may_pass(report: &Value, fact: &Fact) -> bool {
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
pub fn list_may_pass(report: &Value, fact: &Fact) -> bool {
    let entries: Vec<_> = report.as_array().into_iter().flatten().collect();
    let is_covered = entries.iter().any(|it| it["Type"] == "alpine");
    results_may_pass(&entries, is_covered, fact)
}

/// The oldest form tells of nothing that was scanned.
pub fn oldest_may_pass(_: &Value, _: &Fact) -> bool {
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

pub fn sarif_may_pass(report: &Value, fact: &Fact) -> bool {
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
