//! Reports of `trivy k8s`, of which one resource counts.

use passport_connector_sdk::server::Delivered;
use passport_evidence::Evidence;
use serde_json::{Value, json};

use super::bench::{digest, evidence, os_packages, source, trial, upload, vulnerability, words};

const OURS: &str = "shop/Deployment/checkout-api";

fn watched(more: Value) -> Value {
    let mut source = source(json!({"scope": {"artifact": OURS}}));
    source["declared"]["scanners"] = json!(["vuln", "misconfig"]);
    let keys = source.as_object_mut().unwrap();
    keys.extend(more.as_object().unwrap().clone());
    source
}

fn images(of: &[char]) -> Value {
    let image = |of: &char| {
        json!({
            "OS": {"Family": "alpine", "Name": "3.22.1"}, "ImageID": digest('f'),
            "RepoTags": ["images.example.com/acme/checkout-api:1.8.0"],
            "RepoDigests": [format!("images.example.com/acme/checkout-api@{}", digest(*of))],
        })
    };
    of.iter().map(image).collect()
}

fn resource(name: &str, metadata: Value, results: Value) -> Value {
    json!({"Namespace": "shop", "Kind": "Deployment", "Name": name, "Metadata": metadata, "Results": results})
}

fn config(failures: Value) -> Value {
    let failed = failures.as_array().unwrap().len();
    json!({"Target": "Deployment/checkout-api", "Class": "config", "Type": "kubernetes",
           "MisconfSummary": {"Successes": 80, "Failures": failed}, "Misconfigurations": failures})
}

fn clean() -> Value {
    json!([os_packages(json!([])), config(json!([]))])
}

fn cluster(resources: Value) -> Value {
    json!({"ClusterName": "shop-prod", "Resources": resources})
}

async fn delivered(report: &Value) -> Delivered {
    let trial = trial(watched(json!({})));
    let upload = upload(report.to_string(), Some("2026-05-03T09:20:00Z"), -60);
    trial.deliver(&upload).await
}

async fn judged(report: &Value) -> Evidence {
    let trial = trial(watched(json!({})));
    let upload = upload(report.to_string(), Some("2026-05-03T09:20:00Z"), -60);
    let delivered = trial.deliver(&upload).await;
    assert!(
        matches!(delivered, Delivered::Accepted(..)),
        "{report}: {delivered:?}"
    );
    evidence(&trial, 0).await
}

#[tokio::test]
async fn the_one_resource_counts_and_no_other() {
    let worst = json!([os_packages(json!([vulnerability(
        "CVE-2026-9",
        "CRITICAL"
    )]))]);
    let mut elsewhere = resource("checkout-api", images(&['a']), worst.clone());
    elsewhere["Namespace"] = json!("other");
    let mut of_another_kind = resource("checkout-api", images(&['a']), worst.clone());
    of_another_kind["Kind"] = json!("StatefulSet");
    let report = cluster(json!([
        resource("checkout-api", images(&['a']), clean()),
        resource("checkout-api-2", images(&['b']), worst),
        elsewhere,
        of_another_kind,
    ]));
    let evidence = judged(&report).await;
    for (fact, said) in [
        ("vulnerabilities critical", "passed 0"),
        ("misconfigurations critical", "passed 0"),
        ("scan_coverage", "passed os-pkgs"),
        ("os_support alpine 3.22.1", "passed supported"),
        ("report_time", "unknown NO_DATA"),
    ] {
        assert_eq!(words(&evidence, fact), said, "{fact}");
    }
    assert!(words(&evidence, "artifact_digest").starts_with("passed"));
}

#[tokio::test]
async fn what_is_found_of_it_in_several_places_is_one() {
    let found = |id| json!([os_packages(json!([vulnerability(id, "HIGH")]))]);
    let failed = json!([config(
        json!([{"ID": "KSV001", "Status": "FAIL", "Severity": "CRITICAL"}])
    )]);
    let parts = json!([
        resource("checkout-api", images(&['a']), found("CVE-2026-1")),
        resource(
            "checkout-api",
            json!({"OS": {"Family": "alpine", "Name": "3.22.1"}}),
            found("CVE-2026-2")
        ),
        resource("checkout-api", json!({}), failed),
    ]);
    for report in [
        cluster(parts.clone()),
        json!({"ClusterName": "shop-prod", "Findings": parts.clone()}),
        json!({"SchemaVersion": 0, "ClusterName": "shop-prod", "Findings": parts}),
    ] {
        let evidence = judged(&report).await;
        assert_eq!(
            words(&evidence, "vulnerabilities high"),
            "failed THRESHOLD_MISSED 2"
        );
        assert_eq!(
            words(&evidence, "misconfigurations critical"),
            "failed THRESHOLD_MISSED 1"
        );
    }
}

#[tokio::test]
async fn an_image_that_was_not_read_leaves_the_rest_in_doubt() {
    let good = || resource("checkout-api", images(&['a']), clean());
    let mut failed = resource("checkout-api", json!({}), json!([]));
    failed["Error"] = json!("made for a test");
    let silent = resource("checkout-api", json!({}), json!([]));
    let mut bare = silent.clone();
    bare.as_object_mut().unwrap().remove("Results");
    for second in [failed, silent, bare] {
        let evidence = judged(&cluster(json!([good(), second]))).await;
        assert_eq!(
            words(&evidence, "vulnerabilities critical"),
            "unknown INCOMPLETE 0",
            "{second}"
        );
        assert_eq!(words(&evidence, "scan_coverage"), "unknown INCOMPLETE");
    }
    let unknown = json!([{"OS": {"Family": "alpine", "Name": "3.22.1"}}, {"ImageID": digest('e')}]);
    let evidence = judged(&cluster(json!([resource(
        "checkout-api",
        unknown,
        clean()
    )])))
    .await;
    assert_eq!(
        words(&evidence, "vulnerabilities critical"),
        "warning INCOMPLETE 0"
    );
    let given_up = json!([
        {"OS": {"Family": "alpine", "Name": "3.22.1"}},
        {"OS": {"Family": "alpine", "Name": "3.9", "EOSL": true}},
    ]);
    let evidence = judged(&cluster(json!([resource(
        "checkout-api",
        given_up,
        clean()
    )])))
    .await;
    assert_eq!(
        words(&evidence, "os_support alpine 3.9"),
        "warning DEGRADED end_of_life"
    );
}

#[tokio::test]
async fn manifests_alone_say_nothing_of_packages() {
    let report = cluster(json!([resource(
        "checkout-api",
        json!(null),
        json!([config(json!([]))])
    )]));
    let evidence = judged(&report).await;
    assert_eq!(
        words(&evidence, "vulnerabilities critical"),
        "unknown NO_DATA"
    );
    assert_eq!(words(&evidence, "misconfigurations critical"), "passed 0");
}

#[tokio::test]
async fn a_report_without_the_resource_or_of_another_form_is_refused() {
    let other = resource("checkout-worker", images(&['a']), clean());
    let good = || resource("checkout-api", images(&['a']), clean());
    let mut twofold = cluster(json!([good()]));
    twofold["Results"] = clean();
    let mut misspelt = cluster(json!([good()]));
    misspelt["resources"] = json!([good()]);
    let mut tagged = good();
    tagged["Metadata"][0]["RepoDigests"] = json!(["images.example.com/acme/checkout-api:1.8.0"]);
    for report in [
        cluster(json!([other])),
        cluster(json!([])),
        json!({"ClusterName": "shop-prod"}),
        twofold,
        misspelt,
        cluster(json!([tagged])),
        cluster(json!({})),
        cluster(json!([resource("checkout-api", json!("alpine"), clean())])),
    ] {
        let delivered = delivered(&report).await;
        assert!(matches!(delivered, Delivered::Rejected(_)), "{report}");
        assert_eq!(delivered.reply().status.as_u16(), 422, "{report}");
    }
}
