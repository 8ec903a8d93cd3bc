//! The cases, replayed through the collector, and what every connector must hold to.

use passport_connector_sdk::{ConnectorKind as _, Registry};
use passport_testkit::{conformance::conforms, replay::replay_paths, report};

use super::CASES;
use crate::connectors::kubernetes::Kubernetes;

fn registry() -> Registry {
    Registry::default().with::<Kubernetes>()
}

#[tokio::test]
async fn every_case_has_its_one_right_answer() {
    let verdicts = replay_paths(&[CASES], None, &registry()).await.unwrap();
    assert!(verdicts.len() >= 130, "only {} cases", verdicts.len());
    assert!(
        verdicts.iter().all(|it| it.ok),
        "{}",
        report::differences(&verdicts)
    );
}

async fn holds(case: &str) {
    let held = conforms(format!("{CASES}/{case}.case.json"), &registry()).await;
    assert!(held.is_ok(), "{held:?}");
}

#[tokio::test]
async fn a_deployment_holds_to_what_every_connector_must() {
    holds("deployment-small").await;
}

#[tokio::test]
async fn a_stateful_set_does_too() {
    holds("statefulset-small").await;
}

#[tokio::test]
async fn a_daemon_set_does_too() {
    holds("daemonset-small").await;
}

#[test]
fn default_thresholds_are_thresholds() {
    for fact in Kubernetes::DESCRIPTOR.facts {
        let parsed = fact
            .default_threshold
            .map(str::parse::<passport_evidence::Threshold>);
        assert!(parsed.is_none_or(|it| it.is_ok()), "{}", fact.name);
    }
}
