//! The cases, replayed through the collector.

use passport_testkit::connector;

use crate::connectors::trivy::Trivy;

#[tokio::test]
async fn every_case_has_its_one_right_answer() {
    connector::replayed::<Trivy>(super::CASES, 110)
        .await
        .unwrap();
}

#[test]
fn default_thresholds_are_thresholds() {
    let wrong = connector::wrong_default_thresholds::<Trivy>();
    assert!(wrong.is_empty(), "{wrong:?}");
}
