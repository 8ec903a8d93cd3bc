//! Notices, which the gateway asks collectors to send.

use axum::body::Body;
use http::{Request, StatusCode};
use passport_proto::{
    collector::{NoticeResult, SendNoticeResponse},
    evidence as proto,
};
use serde_json::{Value, json};
use tonic::Code;

use super::{
    fake::Then,
    world::{World, json as read, send},
};

const SCOPE: &str = "workspaceId=acme&service=checkout-api&environment=production";

async fn ask(world: &World, source: &str, body: Value) -> (StatusCode, Value) {
    let request = Request::post(format!("/v1/sources/{source}/notice?{SCOPE}"))
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))
        .unwrap();
    let response = send(world.router().await, request).await;
    (response.status(), read(response).await)
}

fn release() -> Value {
    json!({ "subject": { "version": "1.8.0", "artifactDigests": ["sha256:ab"] } })
}

fn world(result: NoticeResult, failure: Option<proto::Failure>) -> World {
    let mut world = World::new();
    world.metrics.notice = SendNoticeResponse {
        result: result.into(),
        failure,
    };
    world
}

#[tokio::test]
async fn a_collector_is_asked_to_send_and_what_became_of_it_is_told() {
    for (result, word) in [
        (NoticeResult::Sent, "sent"),
        (NoticeResult::SentBefore, "sent_before"),
        (NoticeResult::NothingToSend, "nothing_to_send"),
    ] {
        let world = world(result, None);
        let (status, told) = ask(&world, "errors", release()).await;
        assert_eq!((status, told), (StatusCode::OK, json!({ "result": word })));
        let asked = world.metrics.seen.lock().unwrap().notices.clone();
        let [asked] = asked.as_slice() else {
            panic!("{asked:?}");
        };
        assert_eq!(asked.source, "errors");
        let subject = asked.subject.clone().unwrap();
        assert_eq!(subject.version, "1.8.0");
        assert_eq!(subject.artifact_digests, ["sha256:ab"]);
    }
}

#[tokio::test]
async fn why_there_was_no_answer_is_told_of_the_source_that_was_meant() {
    let failure = proto::Failure {
        connector: "another".to_owned(),
        source: "another".to_owned(),
        code: proto::FailureCode::Denied.into(),
        message: "the credential may not post there".to_owned(),
        retry_at: None,
    };
    let world = world(NoticeResult::Unspecified, Some(failure));
    let (status, told) = ask(&world, "errors", release()).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(told["result"], "unanswered");
    assert_eq!(told["failure"]["code"], "DENIED");
    assert_eq!(told["failure"]["source"], "errors");
    assert_eq!(told["failure"]["connector"], "gauge");
}

/// Neither an answer that says nothing nor one that contradicts itself is taken for a notice.
#[tokio::test]
async fn a_collector_that_says_nothing_has_sent_nothing() {
    for failure in [None, Some(proto::Failure::default())] {
        for result in [NoticeResult::Unspecified, NoticeResult::Sent] {
            if failure.is_none() && result == NoticeResult::Sent {
                continue;
            }
            let world = world(result, failure.clone());
            let (_, told) = ask(&world, "errors", release()).await;
            assert_eq!(told["result"], "unanswered");
            assert_eq!(told["failure"]["code"], "INTERNAL");
        }
    }
}

#[tokio::test]
async fn a_collector_that_is_away_is_a_failure_of_the_source() {
    let mut world = world(NoticeResult::Sent, None);
    world.metrics.then = Then::Fails(Code::Unavailable);
    let (status, told) = ask(&world, "errors", release()).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(told["result"], "unanswered");
    assert_eq!(told["failure"]["code"], "UNREACHABLE");
    assert!(!told.to_string().contains("secret of the collector"));
}

#[tokio::test]
async fn nothing_is_sent_about_nothing_and_by_nobody() {
    let world = world(NoticeResult::Sent, None);
    for (body, field) in [
        (json!({}), "subject"),
        (json!({ "subject": {} }), "subject"),
        (
            json!({ "subject": { "version": "a\nb" } }),
            "subject.version",
        ),
    ] {
        let (status, problem) = ask(&world, "errors", body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{problem}");
        assert_eq!(problem["errors"][0]["field"], field);
    }
    let (status, problem) = ask(&world, "nope", release()).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(problem["code"], "NOT_CONFIGURED");
    assert_eq!(world.metrics.calls(), 0);
}
