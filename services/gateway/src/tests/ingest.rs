//! Deliveries are handed on unchanged, and credentials are not.

use axum::{body::Body, response::Response};
use bytes::Bytes;
use http::{Request, StatusCode};
use passport_policy::tokens::Tokens;
use passport_proto::{
    collector::{Header, IngestRequest, IngestResponse, IngestResult},
    gateway::{CollectEvidenceRequest, IngestEvidenceRequest},
};
use tonic::Code;

use super::world::{World, json, scope_of, send, text};
use crate::{Access, gateway::MAX_BODY};

const SIGNED: &str = "/v1/evidence/ingest/signed\
                      ?workspaceId=acme&service=checkout-api&environment=staging&hook=7";
const UNSIGNED: &str = "/v1/evidence/ingest/errors\
                        ?workspaceId=acme&service=checkout-api&environment=production";

fn header(name: &str, value: &'static str) -> Header {
    Header {
        name: name.to_owned(),
        value: Bytes::from_static(value.as_bytes()),
    }
}

fn accepted() -> IngestResponse {
    IngestResponse {
        result: IngestResult::Accepted.into(),
        http_status: 202,
        headers: vec![header("x-answer", "yes"), header("set-cookie", "no=1")],
        body: Bytes::from_static(b"kept"),
        question: None,
    }
}

/// A gateway whose collectors accept deliveries, and that nobody has a token for.
fn accepting() -> World {
    let mut world = World::new();
    world.metrics.ingest = Ok(accepted());
    world.cicd.ingest = Ok(accepted());
    world.access = Access::tokens(Tokens::default());
    world
}

async fn deliver(world: &World, path: &str, body: impl Into<Body>) -> Response {
    let request = Request::post(path)
        .header("content-type", "application/json")
        .header("x-signature", "sha256=abc")
        .header("authorization", "Bearer gateway-secret")
        .header("cookie", "session=1")
        .header("x-forwarded-for", "192.0.2.1");
    send(world.router().await, request.body(body.into()).unwrap()).await
}

fn delivered(world: &World) -> IngestRequest {
    world.cicd.seen.lock().unwrap().deliveries[0].clone()
}

#[tokio::test]
async fn a_signed_delivery_needs_no_token_and_arrives_unchanged() {
    let world = accepting();
    let response = deliver(&world, SIGNED, " { \"raw\" : 1 }\n").await;
    assert_eq!(response.status(), StatusCode::ACCEPTED);
    assert_eq!(response.headers()["x-answer"], "yes");
    assert!(!response.headers().contains_key("set-cookie"));
    assert_eq!(text(response).await, "kept");
    let delivery = delivered(&world);
    assert_eq!(delivery.source, "signed");
    assert_eq!(&delivery.body[..], b" { \"raw\" : 1 }\n");
    let names: Vec<_> = delivery.headers.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["content-type", "x-signature", "host"]);
}

#[tokio::test]
async fn an_unsigned_source_wants_a_token() {
    let world = accepting();
    let response = deliver(&world, UNSIGNED, "{}").await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert!(world.metrics.seen.lock().unwrap().deliveries.is_empty());
}

#[tokio::test]
async fn unknown_unauthorized_and_badly_signed_get_the_same_answer() {
    let unknown = UNSIGNED.replace("errors", "no-such");
    let served_by_nobody = SIGNED.replace("signed", "orphan");
    let large = vec![b' '; MAX_BODY + 1];
    let mut answers = Vec::new();
    for says in what_collectors_say_of_the_untrusted() {
        let mut world = accepting();
        world.cicd.ingest = says;
        for path in [UNSIGNED, &unknown, SIGNED, &served_by_nobody] {
            for body in [b"{}".as_slice(), &large] {
                let response = deliver(&world, path, body.to_vec()).await;
                assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{path}");
                answers.push((response.headers().clone(), text(response).await));
            }
        }
    }
    assert!(
        answers.iter().all(|answer| *answer == answers[0]),
        "{answers:?}"
    );
}

/// A refusal in the connector's own words, and one as an error of the call; a collector that takes
/// no deliveries or knows of no such source.
fn what_collectors_say_of_the_untrusted() -> Vec<Result<IngestResponse, Code>> {
    let own_words = IngestResponse {
        result: IngestResult::Rejected.into(),
        http_status: 401,
        headers: vec![header("www-authenticate", "Hook"), header("x-hook", "1")],
        body: Bytes::from_static(b"the signature of hook 7 is wrong"),
        question: None,
    };
    let codes = [Code::Unauthenticated, Code::Unimplemented];
    let errors = codes.into_iter().map(Err);
    [Ok(own_words)].into_iter().chain(errors).collect()
}

#[tokio::test]
async fn a_bearer_is_told_that_a_delivery_is_not_trusted_in_the_same_words() {
    let told = async |world: &World| {
        let response = deliver(world, SIGNED, "{}").await;
        (response.status(), text(response).await)
    };
    let mut answers = Vec::new();
    for access in [
        Access::open_on_loopback(),
        Access::tokens(Tokens::default()),
    ] {
        let mut world = accepting();
        world.access = access;
        world.cicd.ingest = what_collectors_say_of_the_untrusted().swap_remove(0);
        answers.push(told(&world).await);
    }
    assert_eq!(answers[0].0, StatusCode::UNAUTHORIZED);
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn an_outage_is_told_to_signed_senders_who_have_to_try_again() {
    for (code, status) in [
        (Code::Unavailable, StatusCode::SERVICE_UNAVAILABLE),
        (Code::DeadlineExceeded, StatusCode::GATEWAY_TIMEOUT),
        (Code::Internal, StatusCode::BAD_GATEWAY),
    ] {
        let mut world = accepting();
        world.cicd.ingest = Err(code);
        assert_eq!(deliver(&world, SIGNED, "{}").await.status(), status);
    }
}

#[tokio::test]
async fn a_collector_that_takes_no_deliveries_says_so() {
    let response = deliver(&World::new(), UNSIGNED, "{}").await;
    assert_eq!(response.status(), StatusCode::NOT_IMPLEMENTED);
    let problem = json(response).await;
    assert_eq!(problem["code"], "NOT_SUPPORTED");
    assert!(!problem.to_string().contains("secret of the collector"));
}

#[tokio::test]
async fn a_granted_caller_is_told_that_there_is_no_such_source() {
    let unknown = UNSIGNED.replace("errors", "no-such");
    let response = deliver(&World::new(), &unknown, "{}").await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_delivery_may_have_32_mib_and_no_more() {
    let world = accepting();
    let response = deliver(&world, SIGNED, vec![0; 32 << 20]).await;
    assert_eq!(response.status(), StatusCode::ACCEPTED);
    assert_eq!(delivered(&world).body.len(), 32 << 20);
    let response = deliver(&World::new(), SIGNED, vec![0; (32 << 20) + 1]).await;
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn an_answer_that_is_no_http_status_is_a_bad_gateway() {
    for status in [0, 99, 101, 70_000] {
        let mut world = accepting();
        let answer = IngestResponse {
            http_status: status,
            ..accepted()
        };
        world.cicd.ingest = Ok(answer);
        let response = deliver(&world, SIGNED, "{}").await;
        assert_eq!(response.status(), StatusCode::BAD_GATEWAY, "{status}");
    }
}

// === over gRPC ===

fn message(size: usize) -> IngestEvidenceRequest {
    IngestEvidenceRequest {
        scope: Some((&scope_of("acme", "checkout-api", "staging")).into()),
        source: "signed".to_owned(),
        headers: vec![
            header("X-Signature", "abc"),
            header("Authorization", "Bearer x"),
        ],
        body: vec![0; size].into(),
    }
}

#[tokio::test]
async fn over_grpc_a_delivery_is_handed_on_alike() {
    let world = accepting();
    let mut client = world.grpc().await;
    let answer = client
        .ingest_evidence(message(3))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(answer.http_status, 202);
    assert_eq!(&answer.body[..], b"kept");
    assert_eq!(delivered(&world).headers, [header("x-signature", "abc")]);
}

#[tokio::test]
async fn over_grpc_only_deliveries_may_be_large() {
    let world = accepting();
    let mut client = world.grpc().await;
    client.ingest_evidence(message(32 << 20)).await.unwrap();
    let mut granted = World::new().grpc().await;
    let too_large = granted.ingest_evidence(message((32 << 20) + 1)).await;
    assert_eq!(too_large.unwrap_err().code(), Code::ResourceExhausted);
    let large = CollectEvidenceRequest {
        sources: vec!["x".repeat(1 << 20); 5],
        ..CollectEvidenceRequest::default()
    };
    let refused = granted.collect_evidence(large.clone()).await.unwrap_err();
    assert_eq!(refused.code(), Code::ResourceExhausted);
    let unread = client.collect_evidence(large).await.unwrap_err();
    assert_eq!(unread.code(), Code::Unauthenticated);
}

#[tokio::test]
async fn over_grpc_unknown_unauthorized_and_badly_signed_get_the_same_status() {
    let mut answers = Vec::new();
    for says in what_collectors_say_of_the_untrusted() {
        let mut world = accepting();
        world.cicd.ingest = says;
        for source in ["signed", "orphan", "no-such"] {
            for size in [3, MAX_BODY + 1] {
                let message = IngestEvidenceRequest {
                    source: source.to_owned(),
                    ..message(size)
                };
                let mut client = world.grpc().await;
                let status = client.ingest_evidence(message).await.unwrap_err();
                assert_eq!(status.code(), Code::Unauthenticated, "{source}");
                answers.push(format!("{status:?}"));
            }
        }
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
}

#[tokio::test]
async fn a_status_that_says_otherwise_than_the_result_is_a_bad_gateway() {
    for (result, http_status) in [
        (IngestResult::Rejected, 202),
        (IngestResult::Accepted, 422),
        (IngestResult::Duplicate, 503),
        (IngestResult::Unspecified, 202),
    ] {
        let mut world = accepting();
        world.cicd.ingest = Ok(IngestResponse {
            result: result.into(),
            http_status,
            ..accepted()
        });
        let response = deliver(&world, SIGNED, "{}").await;
        assert_eq!(response.status(), StatusCode::BAD_GATEWAY, "{result:?}");
    }
}
