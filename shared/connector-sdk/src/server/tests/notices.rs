//! Notices are sent once, whoever asks and however it ends.

use passport_evidence::Subject;
use passport_proto::collector::SendNoticeRequest;
use tokio::time::Instant;
use tonic::Code;

use super::*;
use crate::{keep::Keeper, stub::at};

fn subject(version: &str) -> Subject {
    Subject {
        version: Some(version.to_owned()),
        ..Subject::default()
    }
}

impl House {
    async fn notify(&self, version: &str) -> Sent {
        let deadline = Instant::now() + Duration::from_secs(10);
        let one = id("acme", "one");
        let sent = self.server.notify(&one, subject(version), deadline);
        sent.await.unwrap()
    }
}

/// Why nothing came of it.
fn code(sent: &Sent) -> Option<FailureCode> {
    match sent {
        Sent::Not(failure) => Some(failure.code),
        Sent::Now | Sent::Before | Sent::Nothing => None,
    }
}

#[tokio::test]
async fn each_release_is_told_of_once() {
    let (house, calls) = House::of_one(Stub::well());
    assert_eq!(house.notify("v1").await, Sent::Now);
    assert_eq!(house.notify("v1").await, Sent::Before);
    assert_eq!(house.notify("v2").await, Sent::Now);
    assert_eq!(calls.count(), 2);
}

#[tokio::test]
async fn two_replicas_with_one_store_send_one() {
    let keeper: Arc<dyn Keeper> = Arc::new(MemoryKeeper::default());
    let clock = SetClock::new();
    let replica = || {
        let (stub, keeper) = (Stub::well(), Arc::clone(&keeper));
        let calls = stub.calls();
        let parts = ServerParts {
            keeper,
            ..parts(vec![stub.source("one")], &clock)
        };
        let server = CollectorServer::new(parts);
        (
            House {
                server,
                clock: clock.clone(),
            },
            calls,
        )
    };
    let (houses, calls): (Vec<_>, Vec<_>) = (0..8).map(|_| replica()).unzip();
    let sent = futures::future::join_all(houses.iter().map(|it| it.notify("v1"))).await;
    let now = sent.iter().filter(|it| **it == Sent::Now).count();
    let before = sent.iter().filter(|it| **it == Sent::Before).count();
    assert_eq!((now, before), (1, 7), "{sent:?}");
    assert_eq!(calls.iter().map(Calls::count).sum::<usize>(), 1);
}

#[tokio::test]
async fn what_did_not_go_out_is_sent_when_that_is_asked_for_again() {
    let (house, calls) = House::of_one(Stub::well());
    let first = house.notify("away").await;
    assert_eq!(code(&first), Some(FailureCode::Unreachable));
    assert_eq!(house.notify("away").await, Sent::Now);
    assert_eq!(house.notify("away").await, Sent::Before);
    assert_eq!(calls.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_may_have_arrived_is_not_sent_again() {
    let cases = [
        ("lost", FailureCode::Unreachable),
        ("panic", FailureCode::Internal),
        ("hang", FailureCode::TimedOut),
    ];
    for (version, failure) in cases {
        let (house, calls) = House::of_one(Stub::well());
        assert_eq!(
            code(&house.notify(version).await),
            Some(failure),
            "{version}"
        );
        assert_eq!(house.notify(version).await, Sent::Before, "{version}");
        assert_eq!(calls.count(), 1, "{version}");
    }
}

#[tokio::test]
async fn neither_a_collection_nor_a_check_sends_anything() {
    let (house, calls) = House::of_one(Stub::well());
    let request = CollectRequest {
        subject: Some((&subject("v1")).into()),
        ..everything()
    };
    house.ask(request).await;
    assert_eq!(calls.count(), 1, "the collection itself");
    assert_eq!(house.notify("v1").await, Sent::Now);
}

#[tokio::test]
async fn without_anything_to_send_nothing_is_written_down() {
    let (house, calls) = House::of_one(Stub::well());
    let deadline = Instant::now() + Duration::from_secs(10);
    let revision = Subject {
        revision: Some("0".repeat(40)),
        ..Subject::default()
    };
    let one = id("acme", "one");
    let sent = house.server.notify(&one, revision, deadline);
    assert_eq!(sent.await, Some(Sent::Nothing));
    assert_eq!(calls.count(), 0);
    let kept = house.server.0.keeper.taken(&id("acme", "one")).await;
    assert_eq!(kept, Ok(0));
    assert_eq!(house.clock.now(), at(0));
}

#[tokio::test]
async fn over_the_wire_a_store_that_forgets_is_refused_and_so_is_no_subject() {
    let (house, calls) = House::of_one(Stub::well());
    let request = SendNoticeRequest {
        scope: Some((&id("acme", "one").scope).into()),
        source: "one".to_owned(),
        subject: Some((&subject("v1")).into()),
    };
    let answer = house.server.send_notice(Request::new(request)).await;
    assert_eq!(answer.unwrap_err().code(), Code::Unimplemented);
    assert_eq!(calls.count(), 0);
}
