//! The cases, replayed through the collector, and what every connector must hold to.

use passport_testkit::connector;

use super::CASES;
use crate::connectors::loki::Loki;

#[tokio::test]
async fn every_case_has_its_one_right_answer() {
    connector::replayed::<Loki>(CASES, 131).await.unwrap();
}

/// Starts from a count of nothing or of at least something: a part less or more of another count
/// is another count.
#[tokio::test]
async fn it_holds_to_what_every_connector_must() {
    let cases = [
        "zero-vector-with-heartbeat",
        "null-result-zero",
        "log-lines",
        "no-startup-failures",
        "error-ratio-no-errors",
    ];
    connector::holds::<Loki>(CASES, &cases).await.unwrap();
}

#[test]
fn default_thresholds_are_thresholds() {
    let wrong = connector::wrong_default_thresholds::<Loki>();
    assert!(wrong.is_empty(), "{wrong:?}");
}
