//! The cases, replayed through the collector, and what every connector must hold to.

use passport_testkit::connector;

use super::CASES;
use crate::connectors::cloudwatch_logs::CloudwatchLogs;

#[tokio::test]
async fn every_case_has_its_one_right_answer() {
    let replayed = connector::replayed::<CloudwatchLogs>(CASES, 245);
    replayed.await.unwrap();
}

#[tokio::test]
async fn it_holds_to_what_every_connector_must() {
    let cases = [
        "zero-with-heartbeat",
        "metric-latency",
        "alarm-ok",
        "events-none",
    ];
    let held = connector::holds::<CloudwatchLogs>(CASES, &cases);
    held.await.unwrap();
}

#[test]
fn default_thresholds_are_thresholds() {
    let wrong = connector::wrong_default_thresholds::<CloudwatchLogs>();
    assert!(wrong.is_empty(), "{wrong:?}");
}
