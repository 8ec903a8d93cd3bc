//! The cases, replayed through the collector, and what every connector must hold to.

use passport_evidence::FailureCode;
use passport_testkit::{
    case::Case,
    conformance::{Conformance, Ending, Situation},
    connector,
};

use super::CASES;
use crate::connectors::slack::Slack;

#[tokio::test]
async fn every_case_has_its_one_right_answer() {
    connector::replayed::<Slack>(CASES, 186).await.unwrap();
}

async fn holds(case: &str, others: &[(Situation, Ending)]) {
    let case = Case::load(format!("{CASES}/{case}.case.json")).unwrap();
    let suite = Conformance::new(case)
        // Slack takes the message later: that is pending, and no failure.
        .where_it_ends(Situation::Throttled, Ending::NoPass)
        .where_it_ends(Situation::ThrottledUntil, Ending::NoPass);
    let suite = others.iter().fold(suite, |suite, (situation, ending)| {
        suite.where_it_ends(*situation, *ending)
    });
    suite.run(&connector::registry::<Slack>()).await.unwrap();
}

#[tokio::test]
async fn it_holds_to_what_every_connector_must() {
    holds("scopes-absent", &[]).await;
}

/// What is not an answer of Slack's says nothing of the token either.
#[tokio::test]
async fn it_holds_to_that_where_the_answer_tells_of_the_token() {
    let others = [Situation::Rejected, Situation::Null].map(|it| (it, Ending::NoPass));
    holds("post-ok", &others).await;
}

/// JSON is no answer of an incoming webhook.
#[tokio::test]
async fn it_holds_to_that_by_an_incoming_webhook() {
    let malformed = Ending::Failure(FailureCode::Malformed);
    holds("webhook-ok-text", &[(Situation::Null, malformed)]).await;
}

#[test]
fn default_thresholds_are_thresholds() {
    let wrong = connector::wrong_default_thresholds::<Slack>();
    assert!(wrong.is_empty(), "{wrong:?}");
}
