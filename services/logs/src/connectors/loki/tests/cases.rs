//! The cases, replayed through the collector, and what every connector must hold to.

use passport_connector_sdk::{ConnectorKind as _, Registry};
use passport_testkit::{conformance::conforms, replay::replay_paths, report};

use super::CASES;
use crate::connectors::loki::Loki;

fn registry() -> Registry {
    Registry::default().with::<Loki>()
}

#[tokio::test]
async fn every_case_has_its_one_right_answer() {
    let verdicts = replay_paths(&[CASES], None, &registry()).await.unwrap();
    assert!(verdicts.len() >= 128, "only {} cases", verdicts.len());
    assert!(
        verdicts.iter().all(|it| it.ok),
        "{}",
        report::differences(&verdicts)
    );
}

/// Starts from a count of nothing or of at least something: a part less or more of another count
/// is another count.
async fn holds(case: &str) {
    let held = conforms(format!("{CASES}/{case}.case.json"), &registry()).await;
    assert!(held.is_ok(), "{held:?}");
}

#[tokio::test]
async fn a_count_holds_to_what_every_connector_must() {
    holds("zero-vector-with-heartbeat").await;
}

#[tokio::test]
async fn a_range_does_too() {
    holds("null-result-zero").await;
}

#[tokio::test]
async fn a_count_that_must_be_something_does_too() {
    holds("log-lines").await;
}

#[tokio::test]
async fn counted_lines_do_too() {
    holds("no-startup-failures").await;
}

#[tokio::test]
async fn a_ratio_does_too() {
    holds("error-ratio-no-errors").await;
}

#[test]
fn default_thresholds_are_thresholds() {
    for fact in Loki::DESCRIPTOR.facts {
        let parsed = fact
            .default_threshold
            .map(str::parse::<passport_evidence::Threshold>);
        assert!(parsed.is_none_or(|it| it.is_ok()), "{}", fact.name);
    }
}
