//! Calls of the SDK: how often they are sent, where to, when they are said to be, and what an answer means.

use std::{sync::Arc, time::Duration};

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use chrono::TimeDelta;
use passport_connector_sdk::{
    Hub, HubOptions,
    provider::{AddressPolicy, MachineCredentials},
};
use passport_evidence::FailureCode;
use passport_testkit::{
    capture,
    provider::{Provider, Reply, Script, Seen},
};
use serde_json::json;

use super::chain::{asked, built, env, hub, identity, keys, now, xml};
use crate::exchange;

const FORBIDDEN: u16 = 403;
const REFUSED: u16 = 400;

fn refusal(status: u16, word: &str) -> Reply {
    let text = format!("<ErrorResponse><Error><Code>{word}</Code></Error></ErrorResponse>");
    Reply::text(status, text).header("Content-Type", "text/xml")
}

/// How asking who it is ends, and what was sent for it.
async fn ends(script: Script) -> (Result<(), FailureCode>, Vec<Seen>) {
    let provider = script.start().await.unwrap();
    let hub = hub(&env(), MachineCredentials::default());
    let source = built(&keys(), &provider.base(), &hub).unwrap();
    let found = asked(source.as_ref(), now()).await;
    (found, provider.requests())
}

fn always(reply: Reply) -> Script {
    Provider::script().any().respond(reply)
}

#[tokio::test]
async fn what_is_throttled_is_sent_three_times_and_signed_with_one_moment() {
    let throttled = || refusal(REFUSED, "Throttling");
    let (found, seen) = ends(always(throttled())).await;
    assert_eq!(found, Err(FailureCode::Throttled));
    assert_eq!(seen.len(), 3);
    let script = Provider::script().any().times(2).respond(throttled());
    let (found, seen) = ends(script.any().respond(identity())).await;
    assert_eq!((found, seen.len()), (Ok(()), 3));
    assert!(
        seen.iter()
            .all(|it| it.header("x-amz-date") == Some("20260503T093000Z"))
    );
}

#[tokio::test]
async fn one_account_that_is_throttled_takes_no_repetition_from_another() {
    let throttled = always(refusal(REFUSED, "Throttling"));
    let provider = throttled.start().await.unwrap();
    let hub = hub(&env(), MachineCredentials::default());
    let source = built(&keys(), &provider.base(), &hub).unwrap();
    // More often than the SDK's own budget of repetitions would allow.
    for times in 1..=60 {
        let found = asked(source.as_ref(), now()).await;
        assert_eq!(found, Err(FailureCode::Throttled));
        assert_eq!(provider.requests().len(), times * 3);
    }
    let script = Provider::script().any().times(2);
    let script = script.respond(refusal(REFUSED, "Throttling"));
    let (found, seen) = ends(script.any().respond(identity())).await;
    assert_eq!((found, seen.len()), (Ok(()), 3));
}

#[tokio::test]
async fn where_the_deadline_leaves_no_time_it_is_sent_once_and_its_word_still_counts() {
    let options = HubOptions {
        addresses: AddressPolicy::with_loopback(),
        retry_wait: Duration::from_secs(365 * 24 * 60 * 60),
        ..HubOptions::default()
    };
    let provider = always(refusal(REFUSED, "Throttling"))
        .start()
        .await
        .unwrap();
    let hub = Hub::new(options, Arc::new(env()));
    let source = built(&keys(), &provider.base(), &hub).unwrap();
    let found = asked(source.as_ref(), now()).await;
    assert_eq!(found, Err(FailureCode::Throttled));
    assert_eq!(provider.requests().len(), 1);
}

#[tokio::test]
async fn an_answer_that_can_not_be_read_is_asked_for_once() {
    for (reply, wanted) in [
        (
            Reply::text(200, "<html>sign in</html>").header("Content-Type", "text/html"),
            FailureCode::Malformed,
        ),
        (xml("<GetCallerIdentityResponse>"), FailureCode::Malformed),
        (xml("<Other><Arn>x</Arn></Other>"), FailureCode::Malformed),
        (xml(""), FailureCode::Malformed),
        (
            Reply::json(200, json!({"Account": "1"})),
            FailureCode::Internal,
        ),
        (
            xml(
                "<GetCallerIdentityResponse><GetCallerIdentityResult/></GetCallerIdentityResponse>",
            ),
            FailureCode::Internal,
        ),
    ] {
        let (found, seen) = ends(always(reply)).await;
        assert_eq!((found, seen.len()), (Err(wanted), 1));
    }
}

#[tokio::test]
async fn a_refusal_means_what_its_word_says_and_otherwise_what_its_status_does() {
    for (reply, wanted) in [
        (refusal(FORBIDDEN, "AccessDenied"), FailureCode::Denied),
        (
            refusal(FORBIDDEN, "ExpiredToken"),
            FailureCode::Unauthenticated,
        ),
        (refusal(FORBIDDEN, "SomethingElse"), FailureCode::Denied),
        (refusal(REFUSED, "ValidationError"), FailureCode::Internal),
        (
            Reply::text(FORBIDDEN, "<html>a gate</html>"),
            FailureCode::Denied,
        ),
        (Reply::text(404, ""), FailureCode::NotFound),
        (
            Reply::text(302, "").header("Location", "http://169.254.169.254/"),
            FailureCode::Malformed,
        ),
    ] {
        let (found, seen) = ends(always(reply)).await;
        assert_eq!((found, seen.len()), (Err(wanted), 1));
    }
}

#[tokio::test]
async fn a_signature_that_is_refused_is_not_made_again_for_the_moment_of_the_answer() {
    let reply = refusal(FORBIDDEN, "SignatureDoesNotMatch");
    let reply = reply.header("Date", "Mon, 04 May 2026 09:30:00 GMT");
    let (found, seen) = ends(always(reply)).await;
    assert_eq!((found, seen.len()), (Err(FailureCode::Unauthenticated), 1));
}

#[tokio::test]
async fn a_server_in_trouble_is_asked_as_often_as_any_provider() {
    let (found, seen) = ends(always(Reply::text(503, ""))).await;
    assert_eq!((found, seen.len()), (Err(FailureCode::Unreachable), 3));
}

#[tokio::test]
async fn a_refusal_that_names_a_time_holds_the_next_call_back() {
    let throttled = Reply::text(429, "").header("Retry-After", "30");
    let script = Provider::script().any().times(1).respond(throttled);
    let provider = script.any().respond(identity()).start().await.unwrap();
    let hub = hub(&env(), MachineCredentials::default());
    let source = built(&keys(), &provider.base(), &hub).unwrap();
    for (seconds, wanted, requests) in [
        (0, Err(FailureCode::Throttled), 1),
        (29, Err(FailureCode::Throttled), 1),
        (30, Ok(()), 2),
    ] {
        let found = asked(source.as_ref(), now() + TimeDelta::seconds(seconds)).await;
        let seen = provider.requests().len();
        assert_eq!((found, seen), (wanted, requests), "{seconds}");
    }
}

#[tokio::test]
async fn a_call_is_told_of_as_a_provider_call_and_says_nothing_of_itself() {
    let work = || ends(always(identity()));
    let (_, log) = capture::logged(work).await.unwrap();
    assert!(log.contains("provider call"), "{log}");
    for secret in ["AKIDOWN", "own-secret", "Signature=", "GetCallerIdentity"] {
        assert!(!log.contains(secret), "{secret}");
    }
}

#[test]
fn a_request_goes_to_its_endpoint_and_nowhere_else() {
    let url = "https://ecs.eu-west-1.amazonaws.com/";
    let sent = |uri: &str| {
        let mut request = HttpRequest::new(SdkBody::from("{}"));
        request.set_method("POST").unwrap();
        request.set_uri(uri.to_owned()).unwrap();
        request
            .headers_mut()
            .insert("content-type", "application/x-amz-json-1.1");
        exchange::asked(request, url).is_some()
    };
    assert!(sent(url));
    for other in [
        "https://ecs.eu-west-1.amazonaws.com.evil.example/",
        "https://evil.example/",
        "http://ecs.eu-west-1.amazonaws.com/",
        "https://ecs.eu-west-1.amazonaws.com/other",
        "https://ecs.eu-west-1.amazonaws.com/?a=b",
    ] {
        assert!(!sent(other), "{other}");
    }
}
