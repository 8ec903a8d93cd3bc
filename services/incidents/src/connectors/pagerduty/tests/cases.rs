//! The cases, replayed through the collector, and what every connector must hold to.

use passport_testkit::{
    case::Case,
    conformance::{Conformance, Ending, Situation},
    connector,
};

use super::CASES;
use crate::connectors::pagerduty::Pagerduty;

#[tokio::test]
async fn every_case_has_its_one_right_answer() {
    connector::replayed::<Pagerduty>(CASES, 131).await.unwrap();
}

/// Without a header that says so, PagerDuty is left alone for half a minute.
#[tokio::test]
async fn it_holds_to_what_every_connector_must() {
    let case = Case::load(format!("{CASES}/quiet-service.case.json")).unwrap();
    let suite =
        Conformance::new(case).where_it_ends(Situation::Throttled, Ending::ThrottledFor(30));
    suite
        .run(&connector::registry::<Pagerduty>())
        .await
        .unwrap();
}

#[test]
fn default_thresholds_are_thresholds() {
    let wrong = connector::wrong_default_thresholds::<Pagerduty>();
    assert!(wrong.is_empty(), "{wrong:?}");
}
