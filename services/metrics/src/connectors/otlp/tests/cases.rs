//! The cases, replayed through the collector.

use passport_connector_sdk::Registry;
use passport_testkit::{replay::replay_paths, report};

use crate::connectors::otlp::Otlp;

#[tokio::test]
async fn every_case_has_its_one_right_answer() {
    let registry = Registry::default().with::<Otlp>();
    let verdicts = replay_paths(&[super::CASES], None, &registry)
        .await
        .unwrap();
    assert!(verdicts.len() >= 71);
    assert!(
        verdicts.iter().all(|it| it.ok),
        "{}",
        report::differences(&verdicts)
    );
}
