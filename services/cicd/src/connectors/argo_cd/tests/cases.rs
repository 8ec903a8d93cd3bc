//! The cases, replayed through the collector, and what every connector must hold to.

use passport_connector_sdk::{ConnectorKind as _, Registry};
use passport_testkit::{conformance::conforms, replay::replay_paths, report};

use super::CASES;
use crate::connectors::argo_cd::ArgoCd;

fn registry() -> Registry {
    Registry::default().with::<ArgoCd>()
}

#[tokio::test]
async fn every_case_has_its_one_right_answer() {
    let verdicts = replay_paths(&[CASES], None, &registry()).await.unwrap();
    assert!(verdicts.len() >= 93, "only {} cases", verdicts.len());
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
async fn an_application_of_one_source_holds_to_what_every_connector_must() {
    holds("synced-healthy").await;
}

#[tokio::test]
async fn an_application_of_several_sources_does_too() {
    holds("several-sources").await;
}

#[tokio::test]
async fn sync_windows_do_too() {
    holds("sync-window-open").await;
}

#[tokio::test]
async fn the_object_from_kubernetes_does_too() {
    holds("from-kubernetes").await;
}

#[test]
fn default_thresholds_are_thresholds() {
    for fact in ArgoCd::DESCRIPTOR.facts {
        let parsed = fact
            .default_threshold
            .map(str::parse::<passport_evidence::Threshold>);
        assert!(parsed.is_none_or(|it| it.is_ok()), "{}", fact.name);
    }
}
