//! Collectors that are several, and of which some are not there.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU32, Ordering},
};

use futures::{TryStreamExt as _, future::join_all};
use passport_proto::collector::{CheckSourceRequest, IngestRequest};
use tonic::Code;
use tonic_types::StatusExt as _;

use super::{
    AMPLE, CollectorCalls, order,
    server::{Mood, Names, Server},
};
use crate::{client::CircuitState, status::retry_delay};

const ANY: &str = "127.0.0.1:0";

fn two() -> [Server; 2] {
    [Mood::Obedient, Mood::Obedient].map(|mood| Server::start(ANY, mood))
}

async fn ask(calls: &CollectorCalls) {
    let answer = calls.collect(order("a"), AMPLE).await;
    assert_eq!(answer.unwrap().configuration_digest, "collected a");
}

/// Asks until every one of the servers was asked.
async fn until_all_are_asked(calls: &CollectorCalls, servers: &[&Server]) {
    let before: Vec<_> = servers.iter().map(|it| it.asked()).collect();
    let is_asked = || {
        let mut both = servers.iter().zip(&before);
        both.all(|(server, before)| server.asked() > *before)
    };
    while !is_asked() {
        join_all((0..8).map(|_| ask(calls))).await;
    }
}

#[tokio::test]
async fn calls_are_spread_over_all_replicas() {
    let [one, two] = two();
    let calls = Names::of([&one, &two]).client().for_caller("tests");
    until_all_are_asked(&calls, &[&one, &two]).await;
}

#[tokio::test]
async fn a_collector_that_is_lost_within_its_answer_is_unavailable_and_not_faulty() {
    let server = Server::start(ANY, Mood::Obedient);
    let calls = Names::of([&server]).client().for_caller("tests");
    let mut stream = calls.collect_stream(order("hang"), AMPLE).await.unwrap();
    assert!(stream.try_next().await.unwrap().is_some());
    server.kill();
    let lost = stream.try_next().await.unwrap_err();
    assert_eq!(lost.code(), Code::Unavailable, "{lost:?}");
    let details = lost.get_error_details();
    assert_eq!(details.error_info().unwrap().reason, "COLLECTOR_LOST");
}

#[tokio::test]
async fn a_replica_that_was_killed_costs_no_call_and_is_asked_again_when_it_is_back() {
    let [one, two] = two();
    let calls = Names::of([&one, &two]).client().for_caller("tests");
    until_all_are_asked(&calls, &[&one, &two]).await;
    let address = one.address.to_string();
    one.kill();
    for _ in 0..50 {
        ask(&calls).await;
    }
    let back = Server::start(&address, Mood::Obedient);
    until_all_are_asked(&calls, &[&back, &two]).await;
}

#[tokio::test]
async fn calls_under_way_on_a_replica_that_is_killed_are_answered_by_another() {
    let [one, two] = two();
    let calls = Names::of([&one, &two]).client().for_caller("tests");
    until_all_are_asked(&calls, &[&one, &two]).await;
    one.set(Mood::Hanging);
    let before = one.asked();
    let mut under_way = Vec::new();
    while one.asked() < before + 3 {
        let calls = calls.clone();
        under_way.push(tokio::spawn(async move {
            ask(&calls).await;
            let stream = calls.collect_stream(order("a"), AMPLE).await.unwrap();
            assert_eq!(stream.try_collect::<Vec<_>>().await.unwrap().len(), 2);
            let kept = calls.ingest(IngestRequest::default(), AMPLE).await;
            assert_eq!(kept.unwrap().body, "0");
        }));
        tokio::task::yield_now().await;
    }
    one.kill();
    for ended in join_all(under_way).await {
        ended.unwrap();
    }
}

#[tokio::test]
async fn a_check_that_was_sent_is_not_made_twice() {
    let servers = two();
    let calls = Names::of(&servers).client().for_caller("tests");
    until_all_are_asked(&calls, &[&servers[0], &servers[1]]).await;
    servers.iter().for_each(|it| it.set(Mood::Hanging));
    let [one, two] = servers;
    let before = [one.asked(), two.asked()];
    let check = tokio::spawn(async move {
        calls
            .check_source(CheckSourceRequest::default(), AMPLE)
            .await
    });
    while [one.asked(), two.asked()] == before {
        tokio::task::yield_now().await;
    }
    let (asked, other, of_other) = match one.asked() > before[0] {
        true => (one, two, before[1]),
        false => (two, one, before[0]),
    };
    asked.kill();
    let status = check.await.unwrap().unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    assert_eq!(other.asked(), of_other);
}

#[tokio::test]
async fn a_replica_that_says_it_is_unavailable_costs_no_call() {
    let [one, two] = two();
    let calls = Names::of([&one, &two]).client().for_caller("tests");
    until_all_are_asked(&calls, &[&one, &two]).await;
    one.set(Mood::Unavailable);
    join_all((0..50).map(|_| ask(&calls))).await;
}

#[tokio::test]
async fn what_a_full_replica_turns_away_is_done_by_another() {
    let [one, two] = two();
    let calls = Names::of([&one, &two]).client().for_caller("tests");
    until_all_are_asked(&calls, &[&one, &two]).await;
    one.set(Mood::Full);
    until_all_are_asked(&calls, &[&one, &two]).await;
    let of_one = one.asked();
    while one.asked() == of_one {
        // Never asked twice, but where nobody has looked at it.
        let check = calls.check_source(CheckSourceRequest::default(), AMPLE);
        let answer = check.await;
        assert!(
            !matches!(&answer, Err(status) if status.code() == Code::ResourceExhausted),
            "{answer:?}"
        );
    }
}

#[tokio::test]
async fn what_all_turn_away_is_asked_of_two_and_tells_when_to_come_again() {
    let [one, two] = two();
    let calls = Names::of([&one, &two]).client().for_caller("tests");
    until_all_are_asked(&calls, &[&one, &two]).await;
    for it in [&one, &two] {
        it.set(Mood::Full);
    }
    let before = one.asked() + two.asked();
    let shed = calls.collect(order("a"), AMPLE).await.unwrap_err();
    assert_eq!(shed.code(), Code::ResourceExhausted);
    assert!(retry_delay(&shed).is_some());
    assert_eq!(one.asked() + two.asked(), before + 2);
}

#[tokio::test]
async fn who_asks_too_fast_is_not_helped_by_another_replica() {
    let [one, two] = two();
    let calls = Names::of([&one, &two]).client().for_caller("tests");
    until_all_are_asked(&calls, &[&one, &two]).await;
    for it in [&one, &two] {
        it.set(Mood::Strict);
    }
    let before = one.asked() + two.asked();
    let refused = calls.collect(order("a"), AMPLE).await.unwrap_err();
    assert_eq!(refused.code(), Code::ResourceExhausted);
    assert_eq!(one.asked() + two.asked(), before + 1);
}

#[tokio::test]
async fn a_rolling_restart_under_load_loses_no_call() {
    let [one, two] = two();
    let client = Names::of([&one, &two]).client();
    let is_over = Arc::new(AtomicBool::new(false));
    let answered = Arc::new(AtomicU32::new(0));
    let load = (0..8).map(|index| {
        let calls = client.for_caller("load");
        let (is_over, answered) = (Arc::clone(&is_over), Arc::clone(&answered));
        tokio::spawn(async move {
            while !is_over.load(Ordering::SeqCst) {
                match index % 2 {
                    0 => ask(&calls).await,
                    _ => {
                        let stream = calls.collect_stream(order("a"), AMPLE).await.unwrap();
                        assert_eq!(stream.try_collect::<Vec<_>>().await.unwrap().len(), 2);
                    }
                }
                answered.fetch_add(1, Ordering::SeqCst);
            }
        })
    });
    let load: Vec<_> = load.collect();
    let calls = client.for_caller("tests");
    let mut servers = vec![one, two];
    for _ in 0..2 {
        for _ in 0..2 {
            until_all_are_asked(&calls, &servers.iter().collect::<Vec<_>>()).await;
            let oldest = servers.remove(0);
            let address = oldest.address.to_string();
            oldest.stop().await;
            servers.push(Server::start(&address, Mood::Obedient));
        }
    }
    until_all_are_asked(&calls, &servers.iter().collect::<Vec<_>>()).await;
    is_over.store(true, Ordering::SeqCst);
    for ended in join_all(load).await {
        ended.unwrap();
    }
    assert!(answered.load(Ordering::SeqCst) > 8);
    assert_eq!(client.circuit(), CircuitState::Closed);
}

#[tokio::test]
async fn a_collector_that_moved_is_found_where_it_is_now() {
    let [old, new] = two();
    let names = Names::of([&old]);
    let calls = names.client().for_caller("tests");
    ask(&calls).await;
    names.set([&new]);
    old.kill();
    ask(&calls).await;
    assert_eq!(new.asked(), 1);
}

#[tokio::test]
async fn a_name_without_an_address_is_unavailable_until_it_has_one() {
    let names = Names::default();
    let calls = names.client().for_caller("tests");
    let status = calls.collect(order("a"), AMPLE).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    let server = Server::start(ANY, Mood::Obedient);
    names.set([&server]);
    ask(&calls).await;
}

#[tokio::test]
async fn a_collector_that_failed_again_and_again_is_not_asked_for_a_while() {
    let server = Server::start(ANY, Mood::Obedient);
    let client = Names::of([&server]).client();
    server.kill();
    let calls = client.for_caller("tests");
    for _ in 0..5 {
        assert_eq!(client.circuit(), CircuitState::Closed);
        let status = calls.collect(order("a"), AMPLE).await.unwrap_err();
        assert_eq!(status.code(), Code::Unavailable);
        assert!(status.get_details_retry_info().is_none());
    }
    assert_eq!(client.circuit(), CircuitState::Open);
    let status = calls.collect(order("a"), AMPLE).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    let retry = status.get_details_retry_info().unwrap();
    assert!(retry.retry_delay.is_some());
}
