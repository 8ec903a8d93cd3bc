//! What outlives a change of the configuration.

use passport_proto::collector::{ListSourcesRequest, SourceState};

use super::*;

fn said(stub: Stub, digest: u8) -> Source {
    Source {
        digest: [digest; 32],
        ..stub.source("one")
    }
}

async fn state(house: &House) -> SourceState {
    let request = ListSourcesRequest {
        scope: everything().scope,
    };
    let answer = house.server.list_sources(Request::new(request)).await;
    answer.unwrap().into_inner().sources[0].state()
}

#[tokio::test]
async fn a_source_of_which_the_same_is_said_keeps_its_answers_and_how_it_is_doing() {
    let before = House::of(vec![said(Stub::well(), 1)]);
    before.ask_one().await.evidence();
    let next = Stub::well();
    let calls = next.calls();
    let after = before.with(vec![said(next, 1)]);
    after.ask_one().await.evidence();
    assert_eq!(calls.count(), 0, "the answer of before is still used");
    assert_eq!(state(&after).await, SourceState::Validated);
    after.clock.set(15);
    after.ask_one().await.evidence();
    assert_eq!(calls.count(), 1);
}

#[tokio::test]
async fn a_source_of_which_something_else_is_said_begins_anew() {
    let before = House::of(vec![said(Stub::well(), 1)]);
    before.ask_one().await.evidence();
    let next = Stub::well();
    let calls = next.calls();
    let after = before.with(vec![said(next, 2)]);
    assert_eq!(state(&after).await, SourceState::Configured);
    after.ask_one().await.evidence();
    assert_eq!(calls.count(), 1);
}

#[tokio::test]
async fn the_last_good_answer_of_another_configuration_is_never_given() {
    let before = House::of(vec![said(Stub::well(), 1)]);
    before.ask_one().await.evidence();
    let broken = Stub::answering(|_, _| Err(crate::CollectError::new(FailureCode::Unreachable)));
    let after = before.with(vec![said(broken, 2)]);
    assert_eq!(after.ask_one().await.code(), Some(FailureCode::Unreachable));
}

#[tokio::test]
async fn a_source_that_is_gone_is_not_answered_for() {
    let before = House::of(vec![said(Stub::well(), 1)]);
    before.ask_one().await.evidence();
    assert!(before.with(Vec::new()).ask(everything()).await.is_empty());
}
