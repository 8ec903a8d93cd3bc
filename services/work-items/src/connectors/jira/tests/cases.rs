//! The cases, replayed through the collector, and what every connector must hold to.

use passport_testkit::connector;

use super::CASES;
use crate::connectors::jira::Jira;

#[tokio::test]
async fn every_case_has_its_one_right_answer() {
    connector::replayed::<Jira>(CASES, 182).await.unwrap();
}

#[tokio::test]
async fn it_holds_to_what_every_connector_must() {
    let cases = [
        "approved-change",
        "jsm-approved-two-approvers",
        "window-open",
        "field-approved",
        "duties-apart",
    ];
    connector::holds::<Jira>(CASES, &cases).await.unwrap();
}

#[test]
fn default_thresholds_are_thresholds() {
    let wrong = connector::wrong_default_thresholds::<Jira>();
    assert!(wrong.is_empty(), "{wrong:?}");
}
