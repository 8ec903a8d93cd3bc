//! The cases, replayed through the collector.

use passport_connector_sdk::ConnectorKind as _;
use passport_testkit::{replay::replay_paths, report};

use super::bench::registry;
use crate::connectors::trivy::Trivy;

#[tokio::test]
async fn every_case_has_its_one_right_answer() {
    let verdicts = replay_paths(&[super::CASES], None, &registry())
        .await
        .unwrap();
    assert!(verdicts.len() >= 10, "only {} cases", verdicts.len());
    assert!(
        verdicts.iter().all(|it| it.ok),
        "{}",
        report::differences(&verdicts)
    );
}

#[test]
fn default_thresholds_are_thresholds() {
    for fact in Trivy::DESCRIPTOR.facts {
        let parsed = fact
            .default_threshold
            .map(str::parse::<passport_evidence::Threshold>);
        assert!(parsed.is_none_or(|it| it.is_ok()), "{}", fact.name);
    }
}
