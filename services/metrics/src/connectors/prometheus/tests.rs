mod properties;

use passport_testkit::connector;

use super::*;

const CASES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/src/connectors/prometheus/cases"
);

#[tokio::test]
async fn every_case_has_its_one_right_answer() {
    connector::replayed::<Prometheus>(CASES, 202).await.unwrap();
}

/// An instant query, a range query, a companion for the volume, and what Thanos and
/// VictoriaMetrics add.
#[tokio::test]
async fn it_holds_to_what_every_connector_must() {
    let cases = [
        "error-rate-ok",
        "p95-ok",
        "empty-declared-zero",
        "oldest-time-counts",
        "two-metrics-ok",
        "vm-latency-offset",
        "baseline-not-worse",
        "baseline-release",
        "exemplar-none",
        "native-histogram-quantile",
    ];
    connector::holds::<Prometheus>(CASES, &cases).await.unwrap();
}

#[test]
fn default_thresholds_are_thresholds() {
    let wrong = connector::wrong_default_thresholds::<Prometheus>();
    assert!(wrong.is_empty(), "{wrong:?}");
}
