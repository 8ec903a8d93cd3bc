//! The cases, replayed through the collector, and what every connector must hold to.

use passport_testkit::connector;

use super::CASES;
use crate::connectors::linear::Linear;

#[tokio::test]
async fn every_case_has_its_one_right_answer() {
    connector::replayed::<Linear>(CASES, 256).await.unwrap();
}

#[tokio::test]
async fn it_holds_to_what_every_connector_must() {
    let cases = [
        "completed-approved",
        "found-by-its-number",
        "state-by-an-approver",
        "issue-and-release",
        "release-two-pages",
    ];
    connector::holds::<Linear>(CASES, &cases).await.unwrap();
}

#[test]
fn default_thresholds_are_thresholds() {
    let wrong = connector::wrong_default_thresholds::<Linear>();
    assert!(wrong.is_empty(), "{wrong:?}");
}
