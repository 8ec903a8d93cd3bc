//! The cases, replayed through the collector, and what every connector must hold to.

use passport_testkit::connector;

use super::CASES;
use crate::connectors::opsgenie::Opsgenie;

#[tokio::test]
async fn every_case_has_its_one_right_answer() {
    connector::replayed::<Opsgenie>(CASES, 122).await.unwrap();
}

#[tokio::test]
async fn it_holds_to_what_every_connector_must() {
    let cases = [
        "acknowledged-p1-active",
        "closed-not-acknowledged",
        "no-incident",
        "jsm-quiet",
    ];
    connector::holds::<Opsgenie>(CASES, &cases).await.unwrap();
}

#[test]
fn default_thresholds_are_thresholds() {
    let wrong = connector::wrong_default_thresholds::<Opsgenie>();
    assert!(wrong.is_empty(), "{wrong:?}");
}
