//! The cases, replayed through the collector, and what every connector must hold to.

use passport_testkit::connector;

use super::CASES;
use crate::connectors::datadog::Datadog;

#[tokio::test]
async fn every_case_has_its_one_right_answer() {
    connector::replayed::<Datadog>(CASES, 306).await.unwrap();
}

#[tokio::test]
async fn it_holds_to_what_every_connector_must() {
    let cases = [
        "message-of-success",
        "volume-enough",
        "absent-is-zero",
        "v2-scalar-ok",
        "monitor-own-group",
        "health-all-ok",
        "slo-history-ok",
        "logs-zero-with-heartbeat",
    ];
    connector::holds::<Datadog>(CASES, &cases).await.unwrap();
}

#[test]
fn default_thresholds_are_thresholds() {
    let wrong = connector::wrong_default_thresholds::<Datadog>();
    assert!(wrong.is_empty(), "{wrong:?}");
}
