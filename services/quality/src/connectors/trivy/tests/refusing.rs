//! What is refused when the configuration loads.

use serde_json::{Value, json};

use super::bench::{problems, source};

fn paths(more: Value) -> Vec<String> {
    let problems = problems(source(more)).into_iter();
    problems.map(|it| it.path).collect()
}

#[test]
fn an_artifact_is_one_name_without_tag_and_digest() {
    for name in [
        "",
        " ",
        "*",
        "images.example.com/acme/*",
        "shop:1.8.0",
        "images.example.com:5000/acme/shop:1",
        "shop@sha256:ab",
        "two names",
        "a\nb",
        &"x".repeat(513),
    ] {
        assert_eq!(
            paths(json!({"scope": {"artifact": name}})),
            ["scope.artifact"],
            "{name:?}"
        );
    }
    for name in [
        ".",
        "services/checkout",
        "localhost:5000/shop",
        "https://git.example.com/a/b",
    ] {
        assert_eq!(
            paths(json!({"scope": {"artifact": name}})),
            [""; 0],
            "{name:?}"
        );
    }
    assert_eq!(paths(json!({"scope": {}})), ["scope.artifact"]);
}

#[test]
fn words_that_trivy_does_not_know_are_refused_where_they_stand() {
    let declared = json!({"severities": ["low", "LOW"], "scanners": ["vuln", "misconfig", "sast"]});
    assert_eq!(
        paths(json!({ "declared": declared })),
        ["declared.scanners[2]", "declared.severities[1]"]
    );
}

#[test]
fn a_threshold_is_one_of_a_count() {
    for text in ["none", "0", "< 1%", "<= 5ms", "in 1, 2", "= zero"] {
        let found = paths(json!({"thresholds": {
            "vulnerabilities": {"low": text},
            "misconfigurations": {"critical": text},
            "secrets": text,
        }}));
        assert_eq!(
            found,
            [
                "thresholds.misconfigurations.critical",
                "thresholds.secrets",
                "thresholds.vulnerabilities.low"
            ],
            "{text}"
        );
    }
    assert_eq!(
        paths(json!({"thresholds": {"scan_coverage": "= x"}})),
        ["thresholds.scan_coverage"]
    );
}

#[test]
fn there_is_nothing_to_ask() {
    let found = paths(json!({"endpoint": "https://example.com", "credential": {"env": "TOKEN"}}));
    assert_eq!(found, ["credential", "endpoint"]);
}
