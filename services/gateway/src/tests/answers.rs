//! Providers that ask, and what they are told.

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::{Request, StatusCode};
use passport_evidence::{FailureCode, SourceId};
use passport_proto::{
    collector::{AnswerQuestionRequest, IngestResponse, IngestResult, Question, Word},
    evidence as proto,
};
use passport_service_kit::server::{Beside, Health};
use tokio::time;

use super::world::{
    World, around, evidence_of, fails, good, name, observed_before, says, scope, scope_of, send,
};
use crate::{Gateway, router};

const SIGNED: &str = "/v1/evidence/ingest/signed\
                      ?workspaceId=acme&service=checkout-api&environment=staging";

/// A gateway that is asked by the source `errors` of the production scope.
struct House {
    world: World,
    gateway: Gateway,
    health: Health,
    _served: axum::Router,
}

impl House {
    async fn of(world: World) -> Self {
        let gateway = world.gateway();
        let around = around(world.meters.clone());
        let served = router(gateway.clone(), &around, Beside::default());
        let (served, health) = served.await.unwrap();
        Self {
            world,
            gateway,
            health,
            _served: served,
        }
    }

    async fn saying(errors: proto::Outcome) -> Self {
        let mut world = World::in_mode("enforce");
        world.metrics.outcomes = vec![errors];
        Self::of(world).await
    }

    fn asks(&self, question: Question) {
        let source = SourceId {
            scope: scope(),
            name: name("errors"),
        };
        self.gateway.asked(source, IngestResult::Accepted, question);
    }

    fn says(&self, errors: proto::Outcome) {
        self.world.metrics.seen.lock().unwrap().says = Some(vec![errors]);
    }

    /// What the provider was told, once that is so many times.
    async fn told(&self, times: usize) -> Vec<AnswerQuestionRequest> {
        told(&self.world.metrics, times).await
    }
}

async fn told(collector: &super::fake::Fake, times: usize) -> Vec<AnswerQuestionRequest> {
    for _ in 0..1_000 {
        let answers = collector.seen.lock().unwrap().answers.clone();
        if answers.len() >= times {
            return answers;
        }
        time::sleep(Duration::from_millis(10)).await;
    }
    panic!("told {:?}", collector.seen.lock().unwrap().answers)
}

async fn pass(seconds: u64) {
    // Whoever waits has to have begun to.
    time::sleep(Duration::from_millis(200)).await;
    time::pause();
    time::advance(Duration::from_secs(seconds)).await;
    time::resume();
}

fn question() -> Question {
    Question {
        subject: Some(proto::Subject {
            revision: "a".repeat(40),
            ..proto::Subject::default()
        }),
        handle: Bytes::from_static(b"42"),
        patience: Some(prost_types::Duration {
            seconds: 600,
            nanos: 0,
        }),
    }
}

fn words(answers: &[AnswerQuestionRequest]) -> Vec<Word> {
    answers.iter().map(AnswerQuestionRequest::word).collect()
}

fn failed() -> proto::Outcome {
    says(evidence_of(10, "errors", "gauge", "0.2"))
}

fn stale() -> proto::Outcome {
    says(observed_before(400, "errors", "gauge"))
}

fn passed() -> proto::Outcome {
    says(good("errors"))
}

#[tokio::test]
async fn a_release_that_may_go_is_told_so_at_once_with_the_record_of_it() {
    let house = House::saying(passed()).await;
    house.asks(question());
    let told = house.told(1).await.remove(0);
    assert_eq!(told.word(), Word::GoOn);
    assert_eq!(
        (told.source.as_str(), &*told.handle),
        ("errors", &b"42"[..])
    );
    assert_eq!(told.scope, Some((&scope()).into()));
    assert!(
        told.comment.starts_with("allow (enforce), go on: "),
        "{}",
        told.comment
    );
    assert!(told.comment.contains("; passport "), "{}", told.comment);
}

#[tokio::test]
async fn what_an_enforced_policy_blocks_is_stopped_and_what_it_only_notes_goes_on() {
    let house = House::saying(failed()).await;
    house.asks(question());
    assert_eq!(words(&house.told(1).await), [Word::Stop]);

    let mut world = World::in_mode("shadow");
    world.metrics.outcomes = vec![failed()];
    let house = House::of(world).await;
    house.asks(question());
    let told = house.told(1).await.remove(0);
    assert_eq!(told.word(), Word::GoOn);
    assert!(
        told.comment.starts_with("block (shadow), go on: "),
        "{}",
        told.comment
    );
}

#[tokio::test]
async fn what_is_not_known_yet_waits_and_is_told_what_comes_of_it() {
    let house = House::saying(stale()).await;
    house.asks(question());
    let first = house.told(1).await.remove(0);
    assert_eq!(first.word(), Word::Wait);
    house.says(passed());
    pass(6).await;
    assert_eq!(words(&house.told(2).await), [Word::Wait, Word::GoOn]);
}

#[tokio::test]
async fn no_loss_of_evidence_lets_a_release_go() {
    for lost in [
        stale(),
        fails("errors", FailureCode::Unreachable),
        fails("errors", FailureCode::Internal),
    ] {
        let house = House::saying(lost).await;
        house.asks(question());
        assert_eq!(words(&house.told(1).await), [Word::Wait]);
    }
}

#[tokio::test]
async fn patience_ends_and_the_provider_is_told_that_it_does() {
    let house = House::saying(stale()).await;
    house.asks(question());
    house.told(1).await;
    pass(601).await;
    let last = house.told(2).await.remove(1);
    assert_eq!(last.word(), Word::Wait);
    assert!(
        last.comment.ends_with("; not looked at any longer"),
        "{}",
        last.comment
    );
    // It may ask anew.
    house.says(passed());
    house.asks(question());
    assert_eq!(house.told(3).await.remove(2).word(), Word::GoOn);
}

#[tokio::test]
async fn one_question_is_answered_by_one_and_another_beside_it() {
    let house = House::saying(stale()).await;
    for _ in 0..5 {
        house.asks(question());
    }
    house.asks(Question {
        handle: Bytes::from_static(b"43"),
        ..question()
    });
    house.told(2).await;
    time::sleep(Duration::from_millis(300)).await;
    let mut handles: Vec<_> = house
        .told(2)
        .await
        .into_iter()
        .map(|it| it.handle)
        .collect();
    handles.sort();
    assert_eq!(handles, [&b"42"[..], b"43"]);
}

#[tokio::test]
async fn an_answer_that_did_not_arrive_is_told_again_and_one_that_was_refused_is_not() {
    use proto::FailureCode as Wire;
    let house = House::saying(passed()).await;
    house.world.metrics.seen.lock().unwrap().refusals = vec![Wire::Unreachable];
    house.asks(question());
    house.told(1).await;
    pass(3).await;
    assert_eq!(words(&house.told(2).await), [Word::GoOn, Word::GoOn]);

    let house = House::saying(passed()).await;
    house.world.metrics.seen.lock().unwrap().refusals = vec![Wire::Denied];
    house.asks(question());
    house.told(1).await;
    pass(60).await;
    time::sleep(Duration::from_millis(300)).await;
    assert_eq!(house.told(1).await.len(), 1);
}

#[tokio::test]
async fn leave_to_go_on_is_not_told_again_without_another_look() {
    let house = House::saying(passed()).await;
    house.world.metrics.seen.lock().unwrap().refusals = vec![proto::FailureCode::Unreachable];
    house.asks(question());
    house.told(1).await;
    house.says(failed());
    pass(3).await;
    assert_eq!(words(&house.told(2).await), [Word::GoOn, Word::Stop]);
}

#[tokio::test]
async fn a_gateway_that_ends_says_nothing_in_a_hurry() {
    let house = House::saying(stale()).await;
    house.asks(question());
    house.told(1).await;
    house.health.set(false).await;
    time::sleep(Duration::from_millis(300)).await;
    assert_eq!(words(&house.told(1).await), [Word::Wait]);
}

#[tokio::test]
async fn a_question_without_a_release_is_none() {
    let house = House::saying(passed()).await;
    for subject in [None, Some(proto::Subject::default())] {
        house.asks(Question {
            subject,
            ..question()
        });
    }
    house.asks(Question {
        handle: Bytes::from_static(b"last"),
        ..question()
    });
    let told = house.told(1).await;
    assert_eq!(told.len(), 1);
    assert_eq!(&*told[0].handle, b"last");
}

/// What the collector of a signed source answers.
fn asking(result: IngestResult, status: StatusCode) -> IngestResponse {
    IngestResponse {
        result: result.into(),
        http_status: status.as_u16().into(),
        question: Some(question()),
        ..IngestResponse::default()
    }
}

async fn deliver(answer: IngestResponse) -> (World, StatusCode) {
    let mut world = World::new();
    world.cicd.ingest = Ok(answer);
    let request = Request::post(SIGNED).body(Body::from("{}")).unwrap();
    let response = send(world.router().await, request).await;
    let status = response.status();
    (world, status)
}

#[tokio::test]
async fn a_delivery_that_asks_is_answered_through_the_collector_that_took_it() {
    for result in [IngestResult::Accepted, IngestResult::Duplicate] {
        let (world, status) = deliver(asking(result, StatusCode::ACCEPTED)).await;
        assert_eq!(status, StatusCode::ACCEPTED);
        let told = told(&world.cicd, 1).await.remove(0);
        assert_eq!(told.source, "signed");
        let staging = scope_of("acme", "checkout-api", "staging");
        assert_eq!(told.scope, Some((&staging).into()));
    }
}

#[tokio::test]
async fn a_delivery_that_was_not_taken_asks_nothing() {
    let refused = asking(IngestResult::Rejected, StatusCode::UNAUTHORIZED);
    let (world, status) = deliver(refused).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    time::sleep(Duration::from_millis(300)).await;
    assert!(world.cicd.seen.lock().unwrap().answers.is_empty());
}
