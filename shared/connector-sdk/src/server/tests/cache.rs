//! How long an answer is used, and what ends it.

use bytes::Bytes;
use http::HeaderMap;
use passport_evidence::{Reason, Status};

use super::*;
use crate::{
    CollectError, Delivery, Observation,
    stub::{SetEnv, at, load},
};

/// Well at first, then it can't be reached.
fn breaking_down() -> Stub {
    Stub::answering(|call, request| match call {
        0 => Ok(Observation::pulled(vec![load(request.now)])),
        _ => Err(CollectError::new(FailureCode::Unreachable)),
    })
}

#[tokio::test]
async fn an_answer_is_used_until_its_life_is_over() {
    let (house, calls) = House::of_one(Stub::well());
    for (seconds, expected) in [(0, 1), (14, 1), (15, 2), (29, 2), (30, 3)] {
        house.clock.set(seconds);
        house.ask_one().await.evidence();
        assert_eq!(calls.count(), expected, "{seconds}");
    }
}

#[tokio::test]
async fn a_clock_that_was_set_back_keeps_no_answer_alive() {
    let (house, calls) = House::of_one(Stub::well());
    house.clock.set(100);
    house.ask_one().await;
    house.clock.set(0);
    house.ask_one().await;
    assert_eq!(calls.count(), 2);
}

#[tokio::test]
async fn a_caller_who_wants_newer_data_has_it_asked_for() {
    let (house, calls) = House::of_one(Stub::well());
    house.ask_one().await;
    house.clock.set(6);
    house.ask(no_older_than(10)).await;
    assert_eq!(calls.count(), 1);
    let evidence = house.ask(no_older_than(5)).await.remove(0).evidence();
    assert_eq!(calls.count(), 2);
    assert_eq!(evidence.freshness().observed_at, Some(at(6)));
    assert_eq!(evidence.freshness().max_age.as_secs(), 5);
}

#[tokio::test]
async fn data_that_is_no_newer_at_its_source_is_asked_for_once_a_second_at_most() {
    let stub = Stub::answering(|_, _| Ok(Observation::pulled(vec![load(at(-60))])));
    let (house, calls) = House::of_one(stub);
    for _ in 0..3 {
        let evidence = house.ask(no_older_than(5)).await.remove(0).evidence();
        assert_eq!(evidence.facts()[0].status(), Status::Unknown);
    }
    assert_eq!(calls.count(), 1);
    house.clock.set(1);
    house.ask(no_older_than(5)).await;
    assert_eq!(calls.count(), 2);
}

#[tokio::test]
async fn a_caller_can_not_make_evidence_live_longer() {
    let (house, _) = House::of_one(Stub::well());
    let evidence = house.ask(no_older_than(3_600)).await.remove(0).evidence();
    assert_eq!(evidence.freshness().max_age.as_secs(), 300);
}

#[tokio::test]
async fn a_failure_is_asked_about_again_after_seconds() {
    let stub = Stub::answering(|_, _| Err(CollectError::new(FailureCode::Denied)));
    let (house, calls) = House::of_one(stub);
    for (seconds, expected) in [(0, 1), (1, 1), (2, 2)] {
        house.clock.set(seconds);
        assert_eq!(house.ask_one().await.code(), Some(FailureCode::Denied));
        assert_eq!(calls.count(), expected, "{seconds}");
    }
}

#[tokio::test]
async fn the_last_good_evidence_answers_for_a_failed_refresh_while_it_is_fresh() {
    let (house, calls) = House::of_one(breaking_down());
    assert_eq!(
        house.ask_one().await.evidence().provenance.failed_refresh,
        None
    );
    house.clock.set(300);
    let evidence = house.ask_one().await.evidence();
    let failed = evidence.provenance.failed_refresh.unwrap();
    assert_eq!(
        (failed.code, failed.at),
        (FailureCode::Unreachable, at(300))
    );
    assert_eq!(evidence.freshness().observed_at, Some(at(0)));
    assert_eq!(calls.count(), 2);
    house.clock.set(303);
    assert_eq!(house.ask_one().await.code(), Some(FailureCode::Unreachable));
}

#[tokio::test]
async fn evidence_that_a_caller_finds_too_old_does_not_answer_for_a_failed_refresh() {
    let (house, _) = House::of_one(breaking_down());
    house.ask_one().await;
    house.clock.set(20);
    let outcome = house.ask(no_older_than(10)).await.remove(0);
    assert_eq!(outcome.code(), Some(FailureCode::Unreachable));
}

/// A time that lies ahead would else come true while the answer is used.
#[tokio::test]
async fn times_are_judged_before_an_answer_is_kept() {
    let stub = Stub::answering(|_, _| Ok(Observation::pulled(vec![load(at(70))])));
    let (house, calls) = House::of_one(stub);
    for seconds in [0, 14] {
        house.clock.set(seconds);
        let evidence = house.ask_one().await.evidence();
        let fact = &evidence.facts()[0];
        assert_eq!(fact.status(), Status::Unknown, "{seconds}");
        assert_eq!(fact.reason(), Some(Reason::Future), "{seconds}");
    }
    assert_eq!(calls.count(), 1);
    house.clock.set(15);
    let evidence = house.ask_one().await.evidence();
    assert_eq!(evidence.facts()[0].status(), Status::Passed);
}

/// The last good answer too: it is used much longer.
#[tokio::test]
async fn the_last_good_answer_does_not_come_true_by_waiting() {
    let stub = Stub::answering(|call, _| match call {
        0 => Ok(Observation::pulled(vec![load(at(70))])),
        _ => Err(CollectError::new(FailureCode::Unreachable)),
    });
    let (house, _) = House::of_one(stub);
    house.ask_one().await;
    house.clock.set(60);
    let outcome = house.ask_one().await;
    let passes = |evidence: &Evidence| evidence.facts()[0].status() == Status::Passed;
    assert!(
        !matches!(&outcome, Outcome::Evidence(it) if passes(it)),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_rotated_credential_ends_an_answer() {
    let env = SetEnv::default();
    env.set("TOKEN", "first");
    let stub = breaking_down();
    let calls = stub.calls();
    let mut source = stub.source("one");
    source.secrets = vec![env.secret("TOKEN")];
    let house = House::of(vec![source]);
    house.ask_one().await.evidence();
    env.set("TOKEN", "second");
    // What another credential saw answers for nothing.
    assert_eq!(house.ask_one().await.code(), Some(FailureCode::Unreachable));
    assert_eq!(calls.count(), 2);
}

#[tokio::test]
async fn a_delivery_ends_an_answer_and_a_doubled_or_rejected_one_does_not() {
    let (house, calls) = House::of_one(Stub::well());
    let give = async |body: &'static str| {
        let delivery = Delivery {
            headers: HeaderMap::new(),
            body: Bytes::from_static(body.as_bytes()),
            received_at: at(0),
        };
        house.server.deliver(&id("acme", "one"), &delivery).await
    };
    house.ask_one().await;
    assert!(matches!(give("a").await, Delivered::Accepted(..)));
    house.ask_one().await;
    assert_eq!(calls.count(), 2);
    assert!(matches!(give("a").await, Delivered::Duplicate(..)));
    assert!(matches!(give("").await, Delivered::Rejected(_)));
    house.ask_one().await;
    assert_eq!(calls.count(), 2);
}

#[tokio::test]
async fn a_delivery_to_an_unknown_source_is_answered_like_a_wrong_credential() {
    let (house, _) = House::of_one(Stub::well());
    let delivery = Delivery {
        headers: HeaderMap::new(),
        body: Bytes::from_static(b"a"),
        received_at: at(0),
    };
    let answer = house.server.deliver(&id("acme", "two"), &delivery).await;
    assert_eq!(answer.reply().status, http::StatusCode::UNAUTHORIZED);
}
