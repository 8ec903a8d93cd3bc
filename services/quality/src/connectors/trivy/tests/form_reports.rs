//! Reports of each form.

use std::sync::LazyLock;

use serde_json::{Value, json};

use super::bench::{ARTIFACT, digest, image, os_packages, vulnerability};

pub type Reports = LazyLock<Vec<Value>>;

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

pub static IMAGES: Reports = LazyLock::new(|| {
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

pub static CLUSTERS: Reports = LazyLock::new(|| {
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

pub static LISTS: Reports = LazyLock::new(|| {
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

pub static OLDEST: Reports = LazyLock::new(|| {
    let found = json!([
        vulnerability("CVE-2026-1", "HIGH"),
        vulnerability("CVE-2026-2", "LOW")
    ]);
    vec![
        json!({"checkout-api (alpine 3.9)": found, "package-lock.json": null}),
        json!({"checkout-api (alpine 3.9)": [], "package-lock.json": []}),
    ]
});

pub static SARIF: Reports = LazyLock::new(|| {
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
