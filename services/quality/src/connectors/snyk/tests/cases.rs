//! The cases, replayed through the collector, and what every connector must hold to.

use passport_connector_sdk::{ConnectorKind as _, Registry};
use passport_testkit::{conformance::conforms, replay::replay_paths, report};

use super::CASES;
use crate::connectors::snyk::Snyk;

fn registry() -> Registry {
    Registry::default().with::<Snyk>()
}

#[tokio::test]
async fn every_case_has_its_one_right_answer() {
    let verdicts = replay_paths(&[CASES], None, &registry()).await.unwrap();
    assert!(verdicts.len() >= 92, "only {} cases", verdicts.len());
    assert!(
        verdicts.iter().all(|it| it.ok),
        "{}",
        report::differences(&verdicts)
    );
}

#[tokio::test]
async fn it_holds_to_what_every_connector_must() {
    for case in ["rest-clean", "cli-clean", "container-clean", "iac-clean"] {
        let held = conforms(format!("{CASES}/{case}.case.json"), &registry()).await;
        assert!(held.is_ok(), "{case}: {held:?}");
    }
}

#[test]
fn default_thresholds_are_thresholds() {
    for fact in Snyk::DESCRIPTOR.facts {
        let parsed = fact
            .default_threshold
            .map(str::parse::<passport_evidence::Threshold>);
        assert!(parsed.is_none_or(|it| it.is_ok()), "{}", fact.name);
    }
}
