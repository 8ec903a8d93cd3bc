//! The cases, replayed through the collector, and what every connector must hold to.

use passport_evidence::FailureCode;
use passport_testkit::{
    case::Case,
    conformance::{Conformance, Ending, Situation},
    connector,
};

use super::CASES;
use crate::connectors::runtime_target::RuntimeTarget;

#[tokio::test]
async fn every_case_has_its_one_right_answer() {
    connector::replayed::<RuntimeTarget>(CASES, 166)
        .await
        .unwrap();
}

/// That a target does not answer says something of it, and is no failure of the source.
#[tokio::test]
async fn it_holds_to_what_every_connector_must() {
    let case = Case::load(format!("{CASES}/probe-healthy.case.json")).unwrap();
    let suite = Situation::ALL
        .into_iter()
        .fold(Conformance::new(case), |suite, it| {
            suite.where_it_ends(it, ending(it))
        });
    suite
        .run(&connector::registry::<RuntimeTarget>())
        .await
        .unwrap();
}

/// The caller waits no longer than a second. What comes slowly is over the limit, too.
fn ending(situation: Situation) -> Ending {
    match situation == Situation::Hang {
        true => Ending::Failure(FailureCode::TimedOut),
        false => Ending::NoPass,
    }
}

#[test]
fn default_thresholds_are_thresholds() {
    let wrong = connector::wrong_default_thresholds::<RuntimeTarget>();
    assert!(wrong.is_empty(), "{wrong:?}");
}
