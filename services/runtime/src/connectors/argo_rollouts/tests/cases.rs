//! The cases, replayed through the collector, and what every connector must hold to.

use passport_evidence::FailureCode;
use passport_testkit::{
    case::Case,
    conformance::{Conformance, Ending, Situation},
    connector,
};

use super::CASES;
use crate::connectors::argo_rollouts::ArgoRollouts;

#[tokio::test]
async fn every_case_has_its_one_right_answer() {
    connector::replayed::<ArgoRollouts>(CASES, 159)
        .await
        .unwrap();
}

#[tokio::test]
async fn it_holds_to_what_every_connector_must() {
    let passing = Case::load(format!("{CASES}/small.case.json")).unwrap();
    // A server that knows nothing of Rollouts is one without Argo Rollouts.
    let not_installed = Ending::Failure(FailureCode::NotSupported);
    let suite = Conformance::new(passing).where_it_ends(Situation::NotFound, not_installed);
    let held = suite.run(&connector::registry::<ArgoRollouts>()).await;
    assert!(held.is_ok(), "{held:?}");
}

#[test]
fn default_thresholds_are_thresholds() {
    let wrong = connector::wrong_default_thresholds::<ArgoRollouts>();
    assert!(wrong.is_empty(), "{wrong:?}");
}
