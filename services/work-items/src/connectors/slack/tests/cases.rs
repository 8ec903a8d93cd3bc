//! The cases, replayed through the collector, and what every connector must hold to.

use passport_testkit::connector;

use super::CASES;
use crate::connectors::slack::Slack;

#[tokio::test]
async fn every_case_has_its_one_right_answer() {
    connector::replayed::<Slack>(CASES, 8).await.unwrap();
}

/// The suite sends no notice: what is tested is that a source that was never told anything passes nothing
/// more, whatever comes.
#[test]
fn default_thresholds_are_thresholds() {
    let wrong = connector::wrong_default_thresholds::<Slack>();
    assert!(wrong.is_empty(), "{wrong:?}");
}
