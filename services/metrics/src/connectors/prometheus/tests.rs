use passport_connector_sdk::{ConnectorKind as _, Registry};
use passport_testkit::{conformance::conforms, replay::replay_paths, report};

use super::*;

const CASES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/src/connectors/prometheus/cases"
);

fn registry() -> Registry {
    Registry::default().with::<Prometheus>()
}

#[tokio::test]
async fn every_case_has_its_one_right_answer() {
    let verdicts = replay_paths(&[CASES], None, &registry()).await.unwrap();
    assert!(verdicts.len() >= 83, "only {} cases", verdicts.len());
    assert!(
        verdicts.iter().all(|verdict| verdict.ok),
        "{}",
        report::differences(&verdicts)
    );
}

/// An instant query, a range query, a companion for the volume, and what Thanos and
/// VictoriaMetrics add.
#[tokio::test]
async fn it_holds_to_what_every_connector_must() {
    for case in [
        "error-rate-ok",
        "p95-ok",
        "empty-declared-zero",
        "oldest-time-counts",
        "two-metrics-ok",
        "vm-latency-offset",
    ] {
        let file = format!("{CASES}/{case}.case.json");
        let held = conforms(file, &registry()).await;
        assert!(held.is_ok(), "{case}: {held:?}");
    }
}

#[test]
fn default_thresholds_are_thresholds() {
    for fact in Prometheus::DESCRIPTOR.facts {
        let parsed = fact
            .default_threshold
            .map(str::parse::<passport_evidence::Threshold>);
        assert!(parsed.is_none_or(|parsed| parsed.is_ok()), "{}", fact.name);
    }
}
