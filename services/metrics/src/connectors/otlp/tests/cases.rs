//! The cases, replayed through the collector, and what every connector must hold to.

use passport_connector_sdk::Registry;
use passport_testkit::{connector, replay::replay_paths, report};

use crate::connectors::otlp::Otlp;

#[tokio::test]
async fn every_case_has_its_one_right_answer() {
    let registry = Registry::default().with::<Otlp>();
    let verdicts = replay_paths(&[super::CASES], None, &registry)
        .await
        .unwrap();
    assert!(verdicts.len() >= 100);
    assert!(
        verdicts.iter().all(|it| it.ok),
        "{}",
        report::differences(&verdicts)
    );
}

#[tokio::test]
async fn it_holds_to_what_every_connector_must() {
    let cases = [
        "gauge-ok",
        "cumulative-pair-ok",
        "histogram-p95",
        "exponential-p95",
        "summary-p95",
    ];
    connector::holds::<Otlp>(super::CASES, &cases)
        .await
        .unwrap();
}

#[test]
fn default_thresholds_are_thresholds() {
    let wrong = connector::wrong_default_thresholds::<Otlp>();
    assert!(wrong.is_empty(), "{wrong:?}");
}
