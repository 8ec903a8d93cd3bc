//! The cases, replayed through the collector, and what every connector must hold to.

use passport_testkit::connector;

use super::CASES;
use crate::connectors::github_actions::GithubActions;

#[tokio::test]
async fn every_case_has_its_one_right_answer() {
    connector::replayed::<GithubActions>(CASES, 146)
        .await
        .unwrap();
}

#[tokio::test]
async fn it_holds_to_what_every_connector_must() {
    let cases = ["success", "webhook-completed", "attestation-of-this-build"];
    connector::holds::<GithubActions>(CASES, &cases)
        .await
        .unwrap();
}

#[test]
fn default_thresholds_are_thresholds() {
    let wrong = connector::wrong_default_thresholds::<GithubActions>();
    assert!(wrong.is_empty(), "{wrong:?}");
}
