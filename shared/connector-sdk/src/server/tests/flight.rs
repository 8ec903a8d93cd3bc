//! One call for many callers.

use std::pin::pin;

use futures::{future::join_all, poll};
use tokio::sync::{Semaphore, mpsc};

use super::*;
use crate::{Observation, stub::load};

/// A source that waits for its gate; and the gate.
fn gated() -> (Stub, Arc<Semaphore>) {
    let gate = Arc::new(Semaphore::new(0));
    let own = Arc::clone(&gate);
    let stub = Stub::new(move |_, request| {
        let gate = Arc::clone(&own);
        async move {
            gate.acquire().await.unwrap().forget();
            Ok(Observation::pulled(vec![load(request.now)]))
        }
    });
    (stub, gate)
}

#[tokio::test]
async fn a_thousand_identical_collects_cause_one_call() {
    let (stub, gate) = gated();
    let (house, calls) = House::of_one(stub);
    let mut all = pin!(join_all((0..1_000).map(|_| house.ask_one())));
    assert!(poll!(&mut all).is_pending());
    tokio::task::yield_now().await;
    assert!(poll!(&mut all).is_pending());
    gate.add_permits(1);
    let outcomes = all.await;
    assert_eq!(outcomes.len(), 1_000);
    assert!(outcomes.iter().all(|outcome| outcome.code().is_none()));
    assert_eq!(calls.count(), 1);
}

#[tokio::test]
async fn each_subject_is_asked_about_by_itself() {
    let (house, calls) = House::of_one(Stub::well());
    for revision in ["a", "b", "a"] {
        let subject = passport_evidence::Subject {
            revision: Some(revision.to_owned()),
            ..Default::default()
        };
        let request = CollectRequest {
            subject: Some((&subject).into()),
            ..everything()
        };
        let evidence = house.ask(request).await.remove(0).evidence();
        assert_eq!(evidence.subject, Some(subject));
    }
    assert_eq!(calls.count(), 2);
}

#[tokio::test]
async fn a_waiter_who_leaves_takes_nothing_from_the_others() {
    let (stub, gate) = gated();
    let (house, calls) = House::of_one(stub);
    let mut first = Box::pin(house.ask_one());
    let mut second = pin!(house.ask_one());
    asked(&mut first, &calls).await;
    assert!(poll!(&mut second).is_pending());
    drop(first);
    tokio::task::yield_now().await;
    gate.add_permits(1);
    second.await.evidence();
    assert_eq!(calls.count(), 1);
}

/// Asks until the source was asked.
async fn asked(asking: &mut (impl Future<Output = Outcome> + Unpin), calls: &Calls) {
    let before = calls.count();
    while calls.count() == before {
        assert!(poll!(&mut *asking).is_pending());
        tokio::task::yield_now().await;
    }
}

/// Tells when it goes.
struct Goes(mpsc::UnboundedSender<()>);

impl Drop for Goes {
    fn drop(&mut self) {
        let _ = self.0.send(());
    }
}

#[tokio::test]
async fn when_all_waiters_have_left_the_source_is_asked_no_more() {
    let (goes, mut gone) = mpsc::unbounded_channel();
    let stub = Stub::new(move |number, request| {
        let goes = Goes(goes.clone());
        async move {
            if number == 0 {
                std::future::pending::<()>().await;
            }
            drop(goes);
            Ok(Observation::pulled(vec![load(request.now)]))
        }
    });
    let (house, calls) = House::of_one(stub);
    let mut first = Box::pin(house.ask_one());
    let mut second = Box::pin(house.ask_one());
    asked(&mut first, &calls).await;
    assert!(poll!(&mut second).is_pending());
    drop((first, second));
    gone.recv().await.unwrap();
    house.ask_one().await.evidence();
    assert_eq!(calls.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn who_waited_until_the_deadline_leaves_the_answer_to_the_next() {
    let (stub, gate) = gated();
    let (house, calls) = House::of_one(stub);
    let mut impatient = Request::new(everything());
    impatient.set_timeout(Duration::from_secs(1));
    let answer = house.server.collect(impatient).await.unwrap();
    let code = outcomes(answer.into_inner()).remove(0).code();
    assert_eq!(code, Some(FailureCode::TimedOut));
    gate.add_permits(1);
    house.ask_one().await.evidence();
    assert_eq!(calls.count(), 1);
}

#[tokio::test]
async fn sources_of_one_name_in_two_workspaces_share_nothing() {
    let (first, second) = (Stub::well(), Stub::well());
    let calls = [first.calls(), second.calls()];
    let mut other = second.source("one");
    other.id = id("globex", "one");
    let house = House::of(vec![first.source("one"), other]);
    for workspace in ["acme", "globex"] {
        let evidence = house
            .ask(of_workspace(workspace))
            .await
            .remove(0)
            .evidence();
        assert_eq!(evidence.scope.workspace.as_str(), workspace);
    }
    assert_eq!(calls.map(|calls| calls.count()), [1, 1]);
}
