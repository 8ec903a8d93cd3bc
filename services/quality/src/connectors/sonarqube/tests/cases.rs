//! The cases, replayed through the collector, and what every connector must hold to.

use passport_connector_sdk::{ConnectorKind as _, Registry};
use passport_testkit::{conformance::conforms, replay::replay_paths, report};

use super::CASES;
use crate::connectors::sonarqube::Sonarqube;

fn registry() -> Registry {
    Registry::default().with::<Sonarqube>()
}

#[tokio::test]
async fn every_case_has_its_one_right_answer() {
    let verdicts = replay_paths(&[CASES], None, &registry()).await.unwrap();
    assert!(verdicts.len() >= 84, "only {} cases", verdicts.len());
    assert!(
        verdicts.iter().all(|it| it.ok),
        "{}",
        report::differences(&verdicts)
    );
}

#[tokio::test]
async fn it_holds_to_what_every_connector_must() {
    let held = conforms(
        format!("{CASES}/condition-unmeasured.case.json"),
        &registry(),
    )
    .await;
    assert!(held.is_ok(), "{held:?}");
}

/// Whose gate can't be read is not told which conditions it has: they are unknown together, and not
/// one by one as the suite wants it.
#[tokio::test]
async fn with_conditions_that_pass_it_holds_to_all_but_their_names() {
    for case in ["measures", "pull-request"] {
        let held = conforms(format!("{CASES}/{case}.case.json"), &registry()).await;
        let breaches = held.map_or_else(|it| format!("{it:?}"), |()| String::new());
        let unnamed = [
            "Rejected: gate_condition is not unknown QUERY_REJECTED",
            "Null: gate_condition is not unknown UNEXPECTED_SHAPE",
        ];
        let others = breaches.lines().filter(|it| !unnamed.contains(it));
        assert_eq!(others.collect::<String>(), "", "{case}");
    }
}

#[test]
fn default_thresholds_are_thresholds() {
    for fact in Sonarqube::DESCRIPTOR.facts {
        let parsed = fact
            .default_threshold
            .map(str::parse::<passport_evidence::Threshold>);
        assert!(parsed.is_none_or(|it| it.is_ok()), "{}", fact.name);
    }
}
