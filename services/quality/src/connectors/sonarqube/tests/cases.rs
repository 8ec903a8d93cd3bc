//! The cases, replayed through the collector, and what every connector must hold to.

use passport_testkit::{conformance::conforms, connector};

use super::CASES;
use crate::connectors::sonarqube::Sonarqube;

#[tokio::test]
async fn every_case_has_its_one_right_answer() {
    connector::replayed::<Sonarqube>(CASES, 91).await.unwrap();
}

#[tokio::test]
async fn it_holds_to_what_every_connector_must() {
    let cases = ["condition-unmeasured"];
    connector::holds::<Sonarqube>(CASES, &cases).await.unwrap();
}

/// Whose gate can't be read is not told which conditions it has: they are unknown together, and not
/// one by one as the suite wants it.
#[tokio::test]
async fn with_conditions_that_pass_it_holds_to_all_but_their_names() {
    for case in ["measures", "pull-request"] {
        let held = conforms(
            format!("{CASES}/{case}.case.json"),
            &connector::registry::<Sonarqube>(),
        )
        .await;
        let breaches = held.map_or_else(|it| format!("{it:?}"), |()| String::new());
        let unnamed = [
            "Rejected: gate_condition is not unknown QUERY_REJECTED",
            "Null: gate_condition is not unknown UNEXPECTED_SHAPE",
        ];
        let others = breaches.lines().filter(|it| !unnamed.contains(it));
        assert_eq!(others.collect::<String>(), "", "{case}");
    }
}

#[test]
fn default_thresholds_are_thresholds() {
    let wrong = connector::wrong_default_thresholds::<Sonarqube>();
    assert!(wrong.is_empty(), "{wrong:?}");
}
