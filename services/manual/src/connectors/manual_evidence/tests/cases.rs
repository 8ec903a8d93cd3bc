//! The cases, replayed through the collector, and what every connector must hold to.

use passport_testkit::connector;

use super::CASES;
use crate::connectors::manual_evidence::ManualEvidence;

#[tokio::test]
async fn every_case_has_its_one_right_answer() {
    connector::replayed::<ManualEvidence>(CASES, 108)
        .await
        .unwrap();
}

#[tokio::test]
async fn it_holds_to_what_every_connector_must() {
    let cases = [
        "attestation-two-persons",
        "attestation-two-with-digest",
        "attestation-with-link",
    ];
    connector::holds::<ManualEvidence>(CASES, &cases)
        .await
        .unwrap();
}

#[test]
fn default_thresholds_are_thresholds() {
    let wrong = connector::wrong_default_thresholds::<ManualEvidence>();
    assert!(wrong.is_empty(), "{wrong:?}");
}
