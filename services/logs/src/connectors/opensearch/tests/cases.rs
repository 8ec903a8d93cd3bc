//! The cases, replayed through the collector, and what every connector must hold to.

use passport_testkit::connector;

use super::CASES;
use crate::{connectors::opensearch::OpenSearch, search_api::tests::bench::is_proposed_well};

#[tokio::test]
async fn every_case_has_its_one_right_answer() {
    connector::replayed::<OpenSearch>(CASES, 240).await.unwrap();
}

/// Starts from counts of nothing or of at least something, and from kinds.
#[tokio::test]
async fn it_holds_to_what_every_connector_must() {
    let cases = [
        "zero-with-heartbeat",
        "count-ok",
        "log-lines",
        "clusters-whole",
        "request-volume",
    ];
    connector::holds::<OpenSearch>(CASES, &cases).await.unwrap();
}

#[test]
fn default_thresholds_are_thresholds() {
    let wrong = connector::wrong_default_thresholds::<OpenSearch>();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn what_is_detected_is_proposed_as_a_source_that_can_be_built() {
    assert!(is_proposed_well::<OpenSearch>(
        "fluent-bit.conf",
        "Name opensearch\n"
    ));
}
