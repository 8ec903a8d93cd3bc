//! Whatever is uploaded, nothing breaks, and nothing passes that no report says.

use passport_evidence::Status;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::fed;

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

/// No upload here carries a time of its own, so that nothing may pass that has one.
fn passes(body: Vec<u8>) -> bool {
    let facts = fed::judged(body);
    let mut passed = facts.iter().filter(|it| it.status() == Status::Passed);
    passed.any(|it| it.observed_at().is_some())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn arbitrary_bytes_pass_nothing(bytes in prop::collection::vec(any::<u8>(), 0..256)) {
        prop_assert!(!passes(bytes));
    }

    #[test]
    fn arbitrary_json_passes_nothing(json in anything()) {
        prop_assert!(!passes(json.to_string().into_bytes()));
    }

    #[test]
    fn a_report_of_arbitrary_parts_without_a_time_passes_nothing(json in report()) {
        prop_assert!(!passes(json.to_string().into_bytes()));
    }
}
