//! The cases, replayed through the collector, and what every connector must hold to.

use passport_evidence::FailureCode;
use passport_testkit::{
    case::Case,
    conformance::{Conformance, Ending, Situation},
    connector,
};

use super::CASES;
use crate::connectors::flux::Flux;

#[tokio::test]
async fn every_case_has_its_one_right_answer() {
    connector::replayed::<Flux>(CASES, 98).await.unwrap();
}

#[tokio::test]
async fn it_holds_to_what_every_connector_must() {
    for case in ["kustomization-ready", "helm-ready", "git-repository-ready"] {
        let passing = Case::load(format!("{CASES}/{case}.case.json")).unwrap();
        // A server that knows neither the object nor the API group is one without Flux.
        let not_installed = Ending::Failure(FailureCode::NotSupported);
        let suite = Conformance::new(passing).where_it_ends(Situation::NotFound, not_installed);
        let held = suite.run(&connector::registry::<Flux>()).await;
        assert!(held.is_ok(), "{case}: {held:?}");
    }
}

#[test]
fn default_thresholds_are_thresholds() {
    let wrong = connector::wrong_default_thresholds::<Flux>();
    assert!(wrong.is_empty(), "{wrong:?}");
}
