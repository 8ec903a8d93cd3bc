//! Sources that do wrong cost themselves only.

use futures::StreamExt as _;
use passport_evidence::{Fact, FactName, Reason, Status, freshness::CREDENTIAL_SCOPE};
use passport_proto::collector::{CheckSourceRequest, CollectStreamRequest};
use tokio::time::Instant;

use super::*;
use crate::{
    Observation,
    credential_scope::Breadth,
    stub::{at, load},
};

fn hanging() -> Stub {
    Stub::new(|_, _| std::future::pending())
}

/// Eight sources, the eighth of which never answers.
fn seven_and_one() -> House {
    let well = (1..=7).map(|at| Stub::well().source(&format!("well-{at}")));
    House::of(well.chain([hanging().source("hangs")]).collect())
}

fn within<T>(message: T, timeout: Duration) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(timeout);
    request
}

#[tokio::test(start_paused = true)]
async fn one_hanging_source_of_eight_costs_its_own_outcome_only() {
    let house = seven_and_one();
    let (start, deadline) = (Instant::now(), Duration::from_secs(2));
    let request = within(everything(), deadline);
    let answer = house.server.collect(request).await.unwrap();
    assert!(start.elapsed() < deadline);
    let outcomes = outcomes(answer.into_inner());
    assert_eq!(outcomes.len(), 8);
    for outcome in outcomes {
        let expected = (outcome.source() == "hangs").then_some(FailureCode::TimedOut);
        assert_eq!(outcome.code(), expected, "{outcome:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_gives_each_outcome_as_soon_as_it_is_known() {
    let house = seven_and_one();
    let request = CollectStreamRequest {
        collect: Some(everything()),
    };
    let start = Instant::now();
    let answer = house.server.collect_stream(Request::new(request)).await;
    let outcomes: Vec<_> = answer.unwrap().into_inner().collect().await;
    let outcomes: Vec<_> = outcomes
        .into_iter()
        .map(|it| outcome(it.unwrap().outcome.unwrap().kind.unwrap()))
        .collect();
    assert_eq!(outcomes.len(), 8);
    assert_eq!(outcomes[7].source(), "hangs");
    assert!(start.elapsed() <= Duration::from_secs(10));
}

#[tokio::test(start_paused = true)]
async fn a_source_is_told_to_stop_early_enough_to_say_what_it_found() {
    let stub = Stub::new(|_, request| async move {
        tokio::time::sleep_until(request.deadline).await;
        let unknown = Fact::unknown(FactName::fixed("load"), Reason::Unavailable);
        Ok(Observation::pulled(vec![unknown]))
    });
    let (house, _) = House::of_one(stub);
    let evidence = house.ask_one().await.evidence();
    assert_eq!(evidence.facts()[0].reason(), Some(Reason::Unavailable));
}

#[tokio::test]
async fn a_panic_costs_its_own_source_only_and_is_remembered() {
    let panicking = Stub::answering(|_, _| panic!("a fault of the connector"));
    let calls = panicking.calls();
    let house = House::of(vec![
        panicking.source("panics"),
        Stub::well().source("well"),
    ]);
    for _ in 0..2 {
        for outcome in house.ask(everything()).await {
            let expected = (outcome.source() == "panics").then_some(FailureCode::Internal);
            assert_eq!(outcome.code(), expected);
        }
    }
    assert_eq!(calls.count(), 1);
}

#[tokio::test]
async fn a_fact_that_the_descriptor_does_not_list_is_a_fault() {
    let stub = Stub::answering(|_, _| {
        let fact = Fact::unknown(FactName::fixed("surprise"), Reason::NoData);
        Ok(Observation::pulled(vec![fact]))
    });
    let (house, _) = House::of_one(stub);
    assert_eq!(house.ask_one().await.code(), Some(FailureCode::Internal));
}

#[tokio::test]
async fn a_credential_that_is_too_broad_fails_a_source_that_forbids_it() {
    for (breadth, forbids, expected) in [
        (Breadth::Broad, true, Some(FailureCode::TooBroad)),
        (Breadth::WriteCapable, true, Some(FailureCode::TooBroad)),
        (Breadth::Broad, false, None),
        (Breadth::Narrow, true, None),
        (Breadth::Unverifiable, true, None),
        (Breadth::NoneSent, true, None),
    ] {
        let stub = Stub::answering(move |_, request| {
            let scope = breadth.fact(request.now);
            Ok(Observation::pulled(vec![load(request.now), scope]))
        });
        let mut source = stub.source("one");
        source.require_narrow_credential = forbids;
        let house = House::of(vec![source]);
        assert_eq!(house.ask_one().await.code(), expected, "{breadth:?}");
    }
}

#[tokio::test]
async fn what_a_check_said_against_a_credential_is_not_overruled_by_who_only_collects() {
    let (failed, warning) = (Status::Failed, Status::Warning);
    let (unknown, passed) = (Status::Unknown, Status::Passed);
    for (checked, collected, expected) in [
        (Breadth::Broad, Breadth::Narrow, warning),
        (Breadth::WriteCapable, Breadth::Narrow, failed),
        (Breadth::Unverifiable, Breadth::Narrow, unknown),
        (Breadth::Narrow, Breadth::Narrow, passed),
        (Breadth::Narrow, Breadth::Broad, warning),
        (Breadth::Unverifiable, Breadth::Broad, warning),
        (Breadth::NoneSent, Breadth::Narrow, passed),
    ] {
        let stub = Stub::answering(move |_, request| {
            let scope = collected.fact(request.now);
            Ok(Observation::pulled(vec![load(request.now), scope]))
        });
        let (house, _) = House::of_one(stub.checking(vec![checked.fact(at(0))]));
        assert_eq!(
            breadth_told(&house).await,
            passed_or(collected),
            "{checked:?}"
        );
        check_one(&house).await;
        assert_eq!(breadth_told(&house).await, expected, "{checked:?}");
        // Time alone makes no credential narrower.
        house.clock.set(86_401);
        let later = breadth_told(&house).await;
        assert_eq!(later == passed, expected == passed, "{checked:?}");
    }
}

/// What is told of the credential where nothing was checked.
fn passed_or(collected: Breadth) -> Status {
    collected.fact(at(0)).status()
}

async fn breadth_told(house: &House) -> Status {
    let evidence = house.ask_one().await.evidence();
    let mut facts = evidence.facts().iter();
    let scope = facts.find(|fact| *fact.name() == CREDENTIAL_SCOPE);
    scope.unwrap().status()
}

async fn check_one(house: &House) {
    let SourceId { scope, name } = id("acme", "one");
    let check = CheckSourceRequest {
        scope: Some((&scope).into()),
        source: name.to_string(),
    };
    let checked = house.server.check_source(Request::new(check)).await;
    assert_eq!(checked.unwrap().into_inner().facts.len(), 1);
}

#[tokio::test]
async fn what_a_check_said_of_the_credential_stands_in_the_evidence_for_a_day() {
    let stub = Stub::well().checking(vec![Breadth::WriteCapable.fact(at(0))]);
    let (house, _) = House::of_one(stub);
    check_one(&house).await;
    for (seconds, expected) in [(0, Some(Status::Failed)), (86_401, None)] {
        house.clock.set(seconds);
        let evidence = house.ask_one().await.evidence();
        let facts = evidence.facts().iter();
        let scope = facts.filter(|fact| *fact.name() == CREDENTIAL_SCOPE);
        assert_eq!(scope.map(Fact::status).next(), expected, "{seconds}");
    }
}
