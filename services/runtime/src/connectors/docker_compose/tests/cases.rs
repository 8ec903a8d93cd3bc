//! The cases, replayed through the collector, and what every connector must hold to.

use passport_testkit::connector;

use super::CASES;
use crate::connectors::docker_compose::DockerCompose;

#[tokio::test]
async fn every_case_has_its_one_right_answer() {
    connector::replayed::<DockerCompose>(CASES, 159)
        .await
        .unwrap();
}

#[tokio::test]
async fn it_holds_to_what_every_connector_must() {
    connector::holds::<DockerCompose>(CASES, &["project-healthy"])
        .await
        .unwrap();
}

#[test]
fn default_thresholds_are_thresholds() {
    let wrong = connector::wrong_default_thresholds::<DockerCompose>();
    assert!(wrong.is_empty(), "{wrong:?}");
}
