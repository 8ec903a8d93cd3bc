//! The cases, replayed through the collector, and what every connector must hold to.

use passport_evidence::FailureCode;
use passport_testkit::{
    case::Case,
    conformance::{Conformance, Ending, Situation},
    connector,
};

use super::CASES;
use crate::connectors::flagger::Flagger;

#[tokio::test]
async fn every_case_has_its_one_right_answer() {
    connector::replayed::<Flagger>(CASES, 112).await.unwrap();
}

#[tokio::test]
async fn it_holds_to_what_every_connector_must() {
    for case in ["small", "progressing"] {
        let passing = Case::load(format!("{CASES}/{case}.case.json")).unwrap();
        // A server that knows nothing of Canaries is one without Flagger.
        let not_installed = Ending::Failure(FailureCode::NotSupported);
        let suite = Conformance::new(passing).where_it_ends(Situation::NotFound, not_installed);
        let held = suite.run(&connector::registry::<Flagger>()).await;
        assert!(held.is_ok(), "{case}: {held:?}");
    }
}

#[test]
fn default_thresholds_are_thresholds() {
    let wrong = connector::wrong_default_thresholds::<Flagger>();
    assert!(wrong.is_empty(), "{wrong:?}");
}
