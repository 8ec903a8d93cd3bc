//! The cases, replayed through the collector, and what every connector must hold to.

use passport_testkit::connector;

use super::CASES;
use crate::connectors::nomad::Nomad;

#[tokio::test]
async fn every_case_has_its_one_right_answer() {
    connector::replayed::<Nomad>(CASES, 254).await.unwrap();
}

#[tokio::test]
async fn it_holds_to_what_every_connector_must() {
    let cases = ["image-pinned", "token-with-role"];
    connector::holds::<Nomad>(CASES, &cases).await.unwrap();
}

#[tokio::test]
async fn so_do_jobs_of_other_kinds() {
    let cases = ["system-job", "batch-job-ended"];
    connector::holds::<Nomad>(CASES, &cases).await.unwrap();
}

#[test]
fn default_thresholds_are_thresholds() {
    let wrong = connector::wrong_default_thresholds::<Nomad>();
    assert!(wrong.is_empty(), "{wrong:?}");
}
