//! The cases, replayed through the collector, and what every connector must hold to.

use passport_testkit::connector;

use super::CASES;
use crate::connectors::launchdarkly::LaunchDarkly;

#[tokio::test]
async fn every_case_has_its_one_right_answer() {
    connector::replayed::<LaunchDarkly>(CASES, 228)
        .await
        .unwrap();
}

#[tokio::test]
async fn it_holds_to_what_every_connector_must() {
    let cases = ["prerequisite-met", "guarded-completed"];
    connector::holds::<LaunchDarkly>(CASES, &cases)
        .await
        .unwrap();
}

#[tokio::test]
async fn so_do_rollouts_and_custom_roles() {
    let cases = ["rollout-enough", "custom-role"];
    connector::holds::<LaunchDarkly>(CASES, &cases)
        .await
        .unwrap();
}

#[test]
fn default_thresholds_are_thresholds() {
    let wrong = connector::wrong_default_thresholds::<LaunchDarkly>();
    assert!(wrong.is_empty(), "{wrong:?}");
}
