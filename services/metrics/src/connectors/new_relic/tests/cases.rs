//! The cases, replayed through the collector, and what every connector must hold to.

use passport_testkit::connector;

use super::CASES;
use crate::connectors::new_relic::NewRelic;

#[tokio::test]
async fn every_case_has_its_one_right_answer() {
    connector::replayed::<NewRelic>(CASES, 243).await.unwrap();
}

#[tokio::test]
async fn it_holds_to_what_every_connector_must() {
    let cases = [
        "nrql-percentage-ok",
        "nrql-percentile-map",
        "apm-health-ok",
        "ai-issues-none",
        "timeseries-one-bucket",
        "entity-read-once",
    ];
    connector::holds::<NewRelic>(CASES, &cases).await.unwrap();
}

#[test]
fn default_thresholds_are_thresholds() {
    let wrong = connector::wrong_default_thresholds::<NewRelic>();
    assert!(wrong.is_empty(), "{wrong:?}");
}
