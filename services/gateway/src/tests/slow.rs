//! Time runs out for one, and the others answer.

use std::time::Duration;

use futures::{StreamExt as _, poll};
use passport_evidence::Outcome;
use passport_proto::gateway::{Absence, AbsentCollector, CollectEvidenceRequest};
use tokio::time::Instant;
use tonic::Request;

use super::{
    fake::Then,
    world::{Running, World, anybody, good, observed_before, question, says, scope, told, within},
};

fn one_hangs() -> World {
    let mut world = World::metrics_says(vec![says(good("errors"))]);
    world.metrics.then = Then::Hangs;
    world.cicd.outcomes = vec![says(observed_before(10, "pipeline", "build"))];
    world
}

#[tokio::test(start_paused = true)]
async fn a_hanging_collector_costs_only_what_it_has_not_said() {
    let collected = one_hangs().collected(question()).await;
    let wanted = ["errors: passed", "latency: TIMED_OUT", "pipeline: passed"];
    assert_eq!(told(&collected), wanted);
}

#[tokio::test(start_paused = true)]
async fn what_goes_stale_while_another_is_awaited_is_stale_in_the_reply() {
    for (age, expected) in [(280, "pipeline: passed"), (295, "pipeline: unknown STALE")] {
        let mut world = one_hangs();
        world.clock = Running::start();
        world.cicd.outcomes = vec![says(observed_before(age, "pipeline", "build"))];
        let collected = world.collected(question()).await;
        assert_eq!(told(&collected)[2], expected);
    }
}

#[tokio::test(start_paused = true)]
async fn the_reply_comes_before_the_callers_deadline() {
    let mut client = one_hangs().grpc().await;
    for millis in [300, 2_000, 30_000] {
        let mut request = Request::new(CollectEvidenceRequest {
            scope: Some((&scope()).into()),
            ..CollectEvidenceRequest::default()
        });
        let deadline = Duration::from_millis(millis);
        request.set_timeout(deadline);
        let start = Instant::now();
        let reply = client.collect_evidence(request).await.unwrap().into_inner();
        assert!(start.elapsed() < deadline, "{:?}", start.elapsed());
        assert_eq!(reply.evidence.len(), 2);
        assert_eq!(reply.failures.len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_caller_without_a_deadline_waits_ten_seconds_at_most() {
    let mut client = one_hangs().grpc().await;
    let start = Instant::now();
    let request = CollectEvidenceRequest {
        scope: Some((&scope()).into()),
        ..CollectEvidenceRequest::default()
    };
    client.collect_evidence(request).await.unwrap();
    assert!(start.elapsed() <= Duration::from_secs(10));
    assert!(start.elapsed() > Duration::from_secs(9));
}

#[tokio::test(start_paused = true)]
async fn where_no_time_is_left_every_source_has_timed_out() {
    let world = one_hangs();
    let collected = world
        .gateway()
        .collect_evidence(&anybody(), question(), within(0))
        .await
        .unwrap();
    let wanted = [
        "errors: TIMED_OUT",
        "latency: TIMED_OUT",
        "pipeline: TIMED_OUT",
    ];
    assert_eq!(told(&collected), wanted);
}

#[tokio::test(start_paused = true)]
async fn a_stream_gives_what_is_known_at_once_and_the_rest_at_the_end() {
    let world = one_hangs();
    let gateway = world.gateway();
    let stream = gateway.stream_evidence(&anybody(), question(), within(4));
    let mut stream = stream.unwrap();
    let start = Instant::now();
    let mut early = vec![stream.next().await.unwrap(), stream.next().await.unwrap()];
    assert_eq!(start.elapsed(), Duration::ZERO);
    assert!(poll!(stream.next()).is_pending());
    early.push(stream.next().await.unwrap());
    assert!(start.elapsed() < Duration::from_secs(4));
    assert_eq!(
        told(&early.into_iter().collect()),
        ["errors: passed", "latency: TIMED_OUT", "pipeline: passed"]
    );
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn in_a_stream_a_second_answer_takes_the_first_ones_place_as_a_failure() {
    let world = World::metrics_says(vec![says(good("errors")), says(good("errors"))]);
    let gateway = world.gateway();
    let stream = gateway.stream_evidence(&anybody(), question(), within(4));
    let outcomes: Vec<_> = stream.unwrap().collect().await;
    let of_errors: Vec<_> = outcomes
        .iter()
        .filter(|outcome| outcome.source().as_str() == "errors")
        .map(|outcome| matches!(outcome, Outcome::Failure(_)))
        .collect();
    assert_eq!(of_errors, [false, true]);
}

#[tokio::test(start_paused = true)]
async fn a_collector_that_is_gone_is_named_among_the_absent() {
    let world = one_hangs();
    let list = world.gateway();
    let list = list.list_connectors(&anybody(), within(2)).await.unwrap();
    assert_eq!(list.absent_collectors, ["metrics"]);
    let told = |it: &AbsentCollector| {
        (
            it.name.clone(),
            it.categories.join(" "),
            it.absence(),
            it.since.is_some(),
        )
    };
    let told: Vec<_> = list.absent.iter().map(told).collect();
    let of =
        |name: &str, category: &str, why, since| (name.to_owned(), category.to_owned(), why, since);
    assert_eq!(
        told,
        [
            of("metrics", "metrics", Absence::TimedOut, true),
            of("work-items", "work-item", Absence::NotDeployed, false),
        ]
    );
    assert_eq!(list.connectors[0].id, "build");
}
