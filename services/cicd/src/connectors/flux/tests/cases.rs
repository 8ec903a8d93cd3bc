//! The cases, replayed through the collector, and what every connector must hold to.

use passport_connector_sdk::{ConnectorKind as _, Registry};
use passport_evidence::FailureCode;
use passport_testkit::{
    case::Case,
    conformance::{Conformance, Ending, Situation},
    replay::replay_paths,
    report,
};

use super::CASES;
use crate::connectors::flux::Flux;

fn registry() -> Registry {
    Registry::default().with::<Flux>()
}

#[tokio::test]
async fn every_case_has_its_one_right_answer() {
    let verdicts = replay_paths(&[CASES], None, &registry()).await.unwrap();
    assert!(verdicts.len() >= 89, "only {} cases", verdicts.len());
    assert!(
        verdicts.iter().all(|it| it.ok),
        "{}",
        report::differences(&verdicts)
    );
}

#[tokio::test]
async fn it_holds_to_what_every_connector_must() {
    for case in ["kustomization-ready", "helm-ready", "git-repository-ready"] {
        let passing = Case::load(format!("{CASES}/{case}.case.json")).unwrap();
        // A server that knows neither the object nor the API group is one without Flux.
        let not_installed = Ending::Failure(FailureCode::NotSupported);
        let suite = Conformance::new(passing).where_it_ends(Situation::NotFound, not_installed);
        let held = suite.run(&registry()).await;
        assert!(held.is_ok(), "{case}: {held:?}");
    }
}

#[test]
fn default_thresholds_are_thresholds() {
    for fact in Flux::DESCRIPTOR.facts {
        let parsed = fact
            .default_threshold
            .map(str::parse::<passport_evidence::Threshold>);
        assert!(parsed.is_none_or(|it| it.is_ok()), "{}", fact.name);
    }
}
