//! The cases, replayed through the collector, and what every connector must hold to.

use passport_testkit::connector;

use super::CASES;
use crate::connectors::custom_webhook::CustomWebhook;

#[tokio::test]
async fn every_case_has_its_one_right_answer() {
    connector::replayed::<CustomWebhook>(CASES, 256)
        .await
        .unwrap();
}

#[tokio::test]
async fn it_holds_to_what_every_connector_must() {
    let cases = [
        "actuator-up",
        "aspnet-healthy",
        "health-json-pass",
        "mapped",
        "inbound-ok",
        "inbound-cloudevent-structured",
    ];
    connector::holds::<CustomWebhook>(CASES, &cases)
        .await
        .unwrap();
}

#[test]
fn default_thresholds_are_thresholds() {
    let wrong = connector::wrong_default_thresholds::<CustomWebhook>();
    assert!(wrong.is_empty(), "{wrong:?}");
}
