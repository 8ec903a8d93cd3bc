//! A faulty collector costs its own outcomes and gains nobody a pass.

use passport_evidence::FailureCode;
use passport_proto::evidence::{self as proto, value};
use prost_types::Duration;
use tonic::Code;

use super::{
    fake::Then,
    world::{World, fails, good, name, observed_before, question, says, told},
};

/// What becomes of the source `errors` when its collector says this of it.
async fn errors_after(evidence: proto::Evidence) -> String {
    let world = World::metrics_says(vec![says(evidence), says(good("latency"))]);
    let told = told(&world.collect().await);
    assert_eq!(told[1], "latency: passed", "the other source is not harmed");
    told[0].clone()
}

#[tokio::test]
async fn what_is_true_comes_through() {
    assert_eq!(errors_after(good("errors")).await, "errors: passed");
}

#[tokio::test]
async fn evidence_for_another_scope_is_dropped_and_counted() {
    let mut lie = good("errors");
    lie.scope.as_mut().unwrap().environment = "staging".to_owned();
    let world = World::metrics_says(vec![says(lie), says(good("latency"))]);
    let told = told(&world.collect().await);
    assert_eq!(told, ["errors: OUT_OF_SCOPE", "latency: passed"]);
    assert_counted(&world, "passport_gateway_dropped", "out_of_scope");
}

#[tokio::test]
async fn evidence_of_another_connector_is_dropped() {
    let lie = observed_before(10, "errors", "build");
    assert_eq!(errors_after(lie).await, "errors: OUT_OF_SCOPE");
}

#[tokio::test]
async fn evidence_about_another_release_is_dropped() {
    let lie = proto::Evidence {
        subject: Some(proto::Subject {
            version: "1.2.3".to_owned(),
            ..proto::Subject::default()
        }),
        ..good("errors")
    };
    assert_eq!(errors_after(lie).await, "errors: OUT_OF_SCOPE");
}

#[tokio::test]
async fn a_pass_against_its_own_threshold_is_none() {
    let mut lie = good("errors");
    let Some(value::Kind::Measurement(measurement)) =
        lie.facts[0].value.as_mut().and_then(|it| it.kind.as_mut())
    else {
        panic!("a measurement");
    };
    measurement.quantity.as_mut().unwrap().number = "0.5".to_owned();
    assert_eq!(errors_after(lie).await, "errors: unknown CONTRADICTORY");
}

#[tokio::test]
async fn a_longer_life_than_the_source_has_is_cut() {
    let mut lie = observed_before(299, "errors", "gauge");
    lie.freshness.as_mut().unwrap().max_age = Some(days(30));
    assert_eq!(errors_after(lie).await, "errors: passed");
    let mut lie = observed_before(301, "errors", "gauge");
    lie.freshness.as_mut().unwrap().max_age = Some(days(30));
    assert_eq!(errors_after(lie).await, "errors: unknown STALE");
}

#[tokio::test]
async fn evidence_from_the_future_is_not_fresh() {
    let lie = observed_before(-120, "errors", "gauge");
    assert_eq!(errors_after(lie).await, "errors: unknown FUTURE");
}

#[tokio::test]
async fn evidence_without_a_time_is_not_fresh() {
    let mut lie = good("errors");
    lie.facts[0].observed_at = None;
    assert_eq!(errors_after(lie).await, "errors: unknown NO_TIME");
}

#[tokio::test]
async fn evidence_that_cannot_be_read_is_an_internal_failure() {
    let lie = proto::Evidence {
        provenance: None,
        ..good("errors")
    };
    assert_eq!(errors_after(lie).await, "errors: INTERNAL");
}

#[tokio::test]
async fn a_missing_source_is_an_internal_failure() {
    let world = World::metrics_says(vec![says(good("latency"))]);
    let told = told(&world.collect().await);
    assert_eq!(told, ["errors: INTERNAL", "latency: passed"]);
}

#[tokio::test]
async fn of_two_answers_for_one_source_neither_is_used() {
    let twice = vec![
        says(good("errors")),
        says(good("latency")),
        says(good("errors")),
    ];
    let world = World::metrics_says(twice);
    let told = told(&world.collect().await);
    assert_eq!(told, ["errors: INTERNAL", "latency: passed"]);
    assert_counted(&world, "passport_gateway_dropped", "doubled");
}

#[tokio::test]
async fn what_nobody_asked_for_is_dropped_and_counted() {
    let outcomes = vec![
        says(good("errors")),
        says(good("latency")),
        says(observed_before(10, "pipeline", "build")),
        proto::Outcome { kind: None },
    ];
    let world = World::metrics_says(outcomes);
    let told = told(&world.collect().await);
    assert_eq!(told, ["errors: passed", "latency: passed"]);
    assert_counted(&world, "passport_gateway_dropped", "unexpected");
}

#[tokio::test]
async fn a_failure_is_told_under_the_planned_connector() {
    let failed = fails("errors", FailureCode::Throttled);
    let world = World::metrics_says(vec![failed, says(good("latency"))]);
    let collected = world.collect().await;
    let failure = &collected.failures[0];
    assert_eq!(failure.code, FailureCode::Throttled);
    assert_eq!(failure.connector, "gauge");
    assert_eq!(failure.message, "ask again");
}

#[tokio::test]
async fn an_error_of_the_call_is_a_failure_of_each_of_its_sources_alone() {
    for (code, expected) in [
        (Code::DeadlineExceeded, "TIMED_OUT"),
        (Code::Unavailable, "UNREACHABLE"),
        (Code::PermissionDenied, "INTERNAL"),
        (Code::Unimplemented, "INTERNAL"),
    ] {
        let mut world = World::new();
        world.metrics.then = Then::Fails(code);
        world.cicd.outcomes = vec![says(observed_before(10, "pipeline", "build"))];
        let collected = world.collected(question()).await;
        let wanted = [
            format!("errors: {expected}"),
            format!("latency: {expected}"),
            "pipeline: passed".to_owned(),
        ];
        assert_eq!(told(&collected), wanted);
        let text = format!("{collected:?}");
        assert!(!text.contains("secret of the collector"), "{text}");
    }
}

#[tokio::test]
async fn another_configuration_is_counted_and_does_no_harm() {
    let mut world = World::metrics_says(vec![says(good("errors")), says(good("latency"))]);
    world.metrics.digest = "sha256:other".to_owned();
    let told = told(&world.collect().await);
    assert_eq!(told, ["errors: passed", "latency: passed"]);
    assert_counted(&world, "passport_gateway_other_configurations", "metrics");
}

#[tokio::test]
async fn the_same_configuration_is_not_counted() {
    let world = World::metrics_says(vec![says(good("errors")), says(good("latency"))]);
    world.collect().await;
    let metrics = world.meters.render();
    assert!(!metrics.contains("other_configurations"), "{metrics}");
}

#[tokio::test]
async fn a_callers_max_age_only_ever_tightens() {
    for (seconds, expected) in [(5, "errors: unknown STALE"), (9_000, "errors: passed")] {
        let world = World::metrics_says(vec![says(good("errors"))]);
        let mut question = question();
        question.sources = [name("errors")].into();
        question.max_age = passport_evidence::MaxAge::from_secs(seconds);
        assert_eq!(told(&world.collected(question).await), [expected]);
    }
}

#[tokio::test]
async fn a_collector_is_asked_for_its_own_sources_by_name() {
    let world = World::new();
    world.collected(question()).await;
    let asked = |fake: &super::fake::Fake| fake.seen.lock().unwrap().collects[0].sources.clone();
    assert_eq!(asked(&world.metrics), ["errors", "latency"]);
    assert_eq!(asked(&world.cicd), ["pipeline"]);
}

fn days(days: i64) -> Duration {
    Duration {
        seconds: days * 86_400,
        nanos: 0,
    }
}

fn assert_counted(world: &World, counter: &str, label: &str) {
    let metrics = world.meters.render();
    let found = metrics
        .lines()
        .any(|line| line.starts_with(counter) && line.contains(label));
    assert!(found, "{counter} {label} in {metrics}");
}
