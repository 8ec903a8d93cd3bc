//! Questions that deliveries ask, and answers that are handed to their source.

use http::{HeaderMap, StatusCode};
use passport_proto::collector::{AnswerQuestionRequest, Word};
use tonic::Code;

use super::*;
use crate::{
    Delivery, Rejected,
    server::{Delivered, asked},
    stub::at,
};

async fn deliver(house: &House, body: &'static str) -> Delivered {
    let delivery = Delivery {
        headers: HeaderMap::new(),
        body: body.as_bytes().into(),
        received_at: at(0),
    };
    house.server.deliver(&id("acme", "one"), &delivery).await
}

fn request(handle: &'static str, word: Word, comment: &str) -> AnswerQuestionRequest {
    AnswerQuestionRequest {
        scope: Some((&id("acme", "one").scope).into()),
        source: "one".to_owned(),
        handle: handle.as_bytes().into(),
        word: word.into(),
        comment: comment.to_owned(),
    }
}

/// How the provider failed to take an answer.
async fn answer(house: &House, request: AnswerQuestionRequest) -> Result<Option<i32>, Code> {
    let answer = house.server.answer_question(Request::new(request)).await;
    let failure = answer.map_err(|status| status.code())?.into_inner().failure;
    Ok(failure.map(|it| it.code))
}

fn wire(code: FailureCode) -> i32 {
    passport_proto::evidence::FailureCode::from(code).into()
}

#[tokio::test]
async fn a_delivery_that_was_taken_asks_also_where_it_was_here_before() {
    let (house, _) = House::of_one(Stub::well());
    let first = deliver(&house, "v1").await;
    assert!(matches!(first, Delivered::Accepted(..)), "{first:?}");
    let again = deliver(&house, "v1").await;
    assert!(matches!(again, Delivered::Duplicate(..)), "{again:?}");
    for delivered in [first, again] {
        let question = asked::on_wire(delivered.question().unwrap());
        assert_eq!(question.subject.unwrap().version, "v1");
        assert_eq!(&*question.handle, b"v1");
        assert_eq!(question.patience.unwrap().seconds, 60);
    }
}

#[tokio::test]
async fn a_delivery_that_was_not_taken_asks_nothing() {
    let (house, _) = House::of_one(Stub::well());
    let refused = deliver(&house, "").await;
    assert_eq!(refused.reply().status, StatusCode::BAD_REQUEST);
    assert_eq!(refused.question(), None);
    let unknown = Delivered::Rejected(*Rejected::unauthorized().reply);
    assert_eq!(unknown.question(), None);
}

#[tokio::test]
async fn an_answer_reaches_its_source_or_says_why_not() {
    let (house, _) = House::of_one(Stub::well());
    let given = answer(&house, request("42", Word::GoOn, "allow")).await;
    assert_eq!(given, Ok(None));
    let nobody_waits = answer(&house, request("43", Word::GoOn, "allow")).await;
    assert_eq!(nobody_waits, Ok(Some(wire(FailureCode::NotFound))));
    let wordless = answer(&house, request("42", Word::Unspecified, "")).await;
    assert_eq!(wordless, Err(Code::InvalidArgument));
    let elsewhere = AnswerQuestionRequest {
        source: "two".to_owned(),
        ..request("42", Word::GoOn, "allow")
    };
    assert_eq!(answer(&house, elsewhere).await, Err(Code::NotFound));
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_does_not_answer_costs_no_more_than_its_time() {
    let (house, _) = House::of_one(Stub::well());
    let late = answer(&house, request("42", Word::GoOn, "hang")).await;
    assert_eq!(late, Ok(Some(wire(FailureCode::TimedOut))));
}

#[test]
fn a_comment_is_cut_and_controls_no_terminal() {
    let told = asked::told(Word::Wait, &format!("a\u{1b}[31m\n{}", "é".repeat(2_000)));
    let comment = told.unwrap().comment;
    assert_eq!(comment.chars().count(), 1_000);
    assert!(comment.starts_with("a[31mé"), "{comment}");
}
