//! The cases, replayed through the collector, and what every connector must hold to.

use passport_testkit::connector;

use super::CASES;
use crate::connectors::slack::Slack;

#[tokio::test]
async fn every_case_has_its_one_right_answer() {
    connector::replayed::<Slack>(CASES, 179).await.unwrap();
}

#[test]
fn default_thresholds_are_thresholds() {
    let wrong = connector::wrong_default_thresholds::<Slack>();
    assert!(wrong.is_empty(), "{wrong:?}");
}
