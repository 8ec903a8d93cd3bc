//! Whatever is uploaded, nothing breaks, and nothing passes that no report says.

use passport_evidence::{Evidence, Status};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::bench::{evidence, source, trial, upload};

/// Keys that are read.
const KEYS: [&str; 30] = [
    "SchemaVersion",
    "CreatedAt",
    "ArtifactName",
    "ArtifactType",
    "Metadata",
    "OS",
    "Family",
    "Name",
    "EOSL",
    "RepoTags",
    "RepoDigests",
    "Results",
    "Target",
    "Class",
    "Type",
    "Vulnerabilities",
    "VulnerabilityID",
    "PkgName",
    "Severity",
    "Status",
    "Secrets",
    "MisconfSummary",
    "Failures",
    "Misconfigurations",
    "ExperimentalModifiedFindings",
    "version",
    "runs",
    "tool",
    "driver",
    "rules",
];

/// Words that mean something.
const WORDS: [&str; 14] = [
    "",
    "2.1.0",
    "Trivy",
    "container_image",
    "os-pkgs",
    "lang-pkgs",
    "secret",
    "config",
    "alpine",
    "CRITICAL",
    "LOW",
    "FAIL",
    "affected",
    "2026-05-03T09:20:00Z",
];

fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        Just(json!(2)),
        prop::sample::select(&WORDS[..]).prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    let key = prop_oneof![
        prop::sample::select(&KEYS[..]).prop_map(str::to_owned),
        ".{0,6}",
    ];
    leaf.prop_recursive(6, 64, 6, move |inner| {
        let entries = prop::collection::vec((key.clone(), inner.clone()), 0..6);
        prop_oneof![
            prop::collection::vec(inner, 0..6).prop_map(Value::from),
            entries.prop_map(|entries| Value::Object(Map::from_iter(entries))),
        ]
    })
}

/// A whole report whose results are anything.
fn report() -> impl Strategy<Value = Value> {
    (anything(), anything(), anything()).prop_map(|(metadata, results, kind)| {
        json!({"SchemaVersion": 2, "ArtifactType": kind, "Metadata": metadata,
               "Results": results})
    })
}

fn judged(body: Vec<u8>) -> Evidence {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let trial = trial(source(json!({})));
        trial.deliver(&upload(body, None, -60)).await;
        evidence(&trial, 0).await
    })
}

/// No upload here carries a time, so that nothing may pass.
fn passes(evidence: &Evidence) -> bool {
    let mut facts = evidence.facts().iter();
    facts.any(|it| it.status() == Status::Passed)
}

proptest! {
    #[test]
    fn arbitrary_bytes_pass_nothing(bytes in prop::collection::vec(any::<u8>(), 0..256)) {
        prop_assert!(!passes(&judged(bytes)));
    }

    #[test]
    fn arbitrary_json_passes_nothing(json in anything()) {
        prop_assert!(!passes(&judged(json.to_string().into_bytes())));
    }

    #[test]
    fn a_report_of_arbitrary_parts_without_a_time_passes_nothing(json in report()) {
        prop_assert!(!passes(&judged(json.to_string().into_bytes())));
    }
}
