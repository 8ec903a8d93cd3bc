//! The cases, replayed through the collector, and what every connector must hold to.

use passport_testkit::connector;

use super::CASES;
use crate::connectors::jenkins::Jenkins;

#[tokio::test]
async fn every_case_has_its_one_right_answer() {
    connector::replayed::<Jenkins>(CASES, 108).await.unwrap();
}

#[tokio::test]
async fn it_holds_to_what_every_connector_must() {
    let cases = [
        "success",
        "all-that-is-wanted",
        "select-last-completed",
        "select-of-the-revision",
    ];
    connector::holds::<Jenkins>(CASES, &cases).await.unwrap();
}

#[test]
fn default_thresholds_are_thresholds() {
    let wrong = connector::wrong_default_thresholds::<Jenkins>();
    assert!(wrong.is_empty(), "{wrong:?}");
}
