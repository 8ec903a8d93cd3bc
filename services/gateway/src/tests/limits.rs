//! What is more than may be is refused, by the gateway or by a collector, and says so.

use std::{net::SocketAddr, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo, response::Response};
use chrono::TimeDelta;
use futures::{FutureExt as _, poll, stream};
use http::{Request, StatusCode, header::RETRY_AFTER};
use passport_evidence::FailureCode;
use passport_policy::{
    grants::{Grant, Grants, Verb},
    tokens::{Token, Tokens, hash},
};
use passport_proto::gateway::{
    CollectEvidenceRequest, gateway_service_client::GatewayServiceClient,
};
use passport_service_kit::status::retry_delay;
use serde_json::{Value, json as body};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use super::{
    fake::Then,
    world::{World, anybody, good, json, name, now, says, scope, send, told, within},
};
use crate::Access;

const COLLECT: &str = "/v1/evidence/collect";

fn collect() -> Request<Body> {
    let text = body!({ "scope": scope(), "categories": ["metrics"] }).to_string();
    let request = Request::post(COLLECT).header("content-type", "application/json");
    request.body(text.into()).unwrap()
}

/// The same over gRPC.
async fn over_grpc(router: Router, token: Option<&str>) -> Result<(), Status> {
    let origin = http::Uri::from_static("http://localhost");
    let mut client = GatewayServiceClient::with_origin(router, origin);
    let mut request = tonic::Request::new(CollectEvidenceRequest {
        scope: Some((&scope()).into()),
        categories: vec!["metrics".to_owned()],
        ..CollectEvidenceRequest::default()
    });
    if let Some(token) = token {
        let bearer = format!("Bearer {token}").parse().unwrap();
        request.metadata_mut().insert("authorization", bearer);
    }
    client.collect_evidence(request).await.map(drop)
}

fn from(address: &str, mut request: Request<Body>) -> Request<Body> {
    let caller: SocketAddr = address.parse().unwrap();
    request.extensions_mut().insert(ConnectInfo(caller));
    request
}

fn bearing(token: &str, mut request: Request<Body>) -> Request<Body> {
    let bearer = format!("Bearer {token}").parse().unwrap();
    request.headers_mut().insert("authorization", bearer);
    request
}

async fn code(answer: Response) -> (StatusCode, Value) {
    let status = answer.status();
    (status, json(answer).await["code"].clone())
}

#[tokio::test]
async fn a_collector_with_too_much_to_do_is_throttled_until_it_says_and_is_no_pass() {
    let mut world = World::metrics_says(vec![says(good("errors"))]);
    world.metrics.then = Then::IsShed(Duration::from_secs(7));
    let collected = world.collect().await;
    assert_eq!(
        told(&collected),
        ["errors: THROTTLED", "latency: THROTTLED"]
    );
    for failure in &collected.failures {
        assert_eq!(failure.retry_at, Some(now() + TimeDelta::seconds(7)));
        assert_eq!(
            failure.message,
            "the collector `metrics` has too much to do"
        );
    }
    let gateway = world.gateway();
    let (caller, scope, source) = (anybody(), scope(), name("errors"));
    let checked = gateway.check_source(&caller, &scope, &source, within(10));
    let failure = checked.await.unwrap().failure.unwrap();
    assert_eq!(failure.code, FailureCode::Throttled);
    assert!(failure.retry_at.is_some());
}

#[tokio::test]
async fn a_collector_with_too_much_to_do_is_not_absent() {
    let mut world = World::new();
    world.metrics.then = Then::IsShed(Duration::from_secs(7));
    world.cicd.then = Then::IsShed(Duration::from_secs(7));
    let request = Request::get("/readyz").body(Body::empty()).unwrap();
    let answer = send(world.router().await, request).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let told = json(answer).await;
    assert_eq!(told["collectors"]["metrics"]["state"], "answers", "{told}");
}

#[tokio::test(start_paused = true)]
async fn one_call_too_many_is_refused_over_http_and_grpc_and_probes_are_not() {
    let mut world = World::metrics_says(vec![says(good("errors"))]);
    world.metrics.then = Then::Hangs;
    let router = world.router_within(body!({ "in_flight": 1 })).await;
    let mut first = send(router.clone(), collect()).boxed();
    assert!(poll!(&mut first).is_pending());
    let refused = send(router.clone(), collect()).await;
    assert_eq!(refused.headers()[RETRY_AFTER], "1");
    assert_eq!(
        refused.headers()["content-type"],
        "application/problem+json"
    );
    let told = json(refused).await;
    assert_eq!(told["status"], 429);
    assert_eq!(told["code"], "OVERLOADED");
    let status = over_grpc(router.clone(), None).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted);
    assert_eq!(
        status.get_details_error_info().unwrap().reason,
        "OVERLOADED"
    );
    assert_eq!(retry_delay(&status), Some(Duration::from_secs(1)));
    for path in ["/healthz", "/metrics"] {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let answer = send(router.clone(), request).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
    }
    assert_eq!(first.await.status(), StatusCode::OK);
    assert_eq!(world.metrics.calls(), 1, "what is refused reaches nobody");
}

/// Bearers of `ci` and `bot`, who may all.
fn two_callers() -> Access {
    let token = |id: &str| Token {
        id: id.to_owned(),
        sha256: hash(id),
        expires: None,
        grants: Grants::from_iter([Grant {
            workspace: scope().workspace,
            services: [scope().service].into_iter().collect(),
            environments: [scope().environment].into_iter().collect(),
            verbs: Verb::ALL.into_iter().collect(),
        }]),
        person: None,
    };
    Access::tokens(["ci", "bot"].map(token).into_iter().collect::<Tokens>())
}

#[tokio::test(start_paused = true)]
async fn a_call_is_charged_once_to_its_caller_over_http_and_grpc() {
    let mut world = World::metrics_says(vec![says(good("errors"))]);
    world.access = two_callers();
    let rate = body!({ "per_caller": { "per_second": 1, "burst": 4 } });
    let router = world.router_within(rate).await;
    for _ in 0..2 {
        let answer = send(router.clone(), bearing("ci", collect())).await;
        assert_eq!(answer.status(), StatusCode::OK);
        over_grpc(router.clone(), Some("ci")).await.unwrap();
    }
    let refused = send(router.clone(), bearing("ci", collect())).await;
    let expected = (StatusCode::TOO_MANY_REQUESTS, body!("RATE_LIMITED"));
    assert_eq!(code(refused).await, expected);
    let status = over_grpc(router.clone(), Some("ci")).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted);
    assert_eq!(retry_delay(&status), Some(Duration::from_secs(1)));
    over_grpc(router.clone(), Some("bot")).await.unwrap();
    tokio::time::advance(Duration::from_secs(1)).await;
    over_grpc(router, Some("ci")).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn deliveries_are_charged_to_their_sender() {
    let mut world = World::new();
    world.access = two_callers();
    let rate = body!({ "per_caller": { "per_second": 1, "burst": 2 } });
    let router = world.router_within(rate).await;
    let mut statuses = Vec::new();
    for _ in 0..3 {
        let path = "/v1/evidence/ingest/pipeline\
                    ?workspaceId=acme&service=checkout-api&environment=production";
        let delivery = Request::post(path).body(Body::from("report")).unwrap();
        let answer = send(router.clone(), bearing("ci", delivery)).await;
        statuses.push(answer.status().as_u16());
    }
    assert_eq!(statuses, [501, 501, 429]);
}

#[tokio::test(start_paused = true)]
async fn without_tokens_callers_are_charged_by_address() {
    let world = World::metrics_says(vec![says(good("errors"))]);
    let rate = body!({
        "per_caller": { "per_second": 1, "burst": 1 },
        "unverified": { "per_second": 1, "burst": 1 },
    });
    let router = world.router_within(rate).await;
    let ask = async |address: &str| send(router.clone(), from(address, collect())).await;
    assert_eq!(ask("127.0.0.1:1").await.status(), StatusCode::OK);
    let refused = code(ask("127.0.0.1:2").await).await;
    assert_eq!(refused.1, "RATE_LIMITED");
    assert_eq!(ask("127.0.0.2:1").await.status(), StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn bad_tokens_are_limited_by_address_and_good_ones_are_not() {
    let mut world = World::metrics_says(vec![says(good("errors"))]);
    world.access = two_callers();
    let rate = body!({ "unverified": { "per_second": 1, "burst": 2 } });
    let router = world.router_within(rate).await;
    let ask = async |token: &str| {
        let request = from("192.0.2.1:1", bearing(token, collect()));
        code(send(router.clone(), request).await).await
    };
    let unauthenticated = (StatusCode::UNAUTHORIZED, body!("UNAUTHENTICATED"));
    assert_eq!(ask("wrong").await, unauthenticated);
    assert_eq!(ask("wrong").await, unauthenticated);
    let refused = (StatusCode::TOO_MANY_REQUESTS, body!("TOO_MANY_UNVERIFIED"));
    assert_eq!(ask("wrong").await, refused);
    assert_eq!(ask("ci").await.0, StatusCode::OK);
    let nothing = send(router.clone(), from("192.0.2.1:2", collect())).await;
    assert_eq!(code(nothing).await, refused);
    let elsewhere = send(router, from("192.0.2.2:1", collect())).await;
    assert_eq!(code(elsewhere).await, unauthenticated);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_come_in_ends_with_the_call() {
    let world = World::metrics_says(vec![says(good("errors"))]);
    let router = world.router_within(body!({ "in_flight": 1 })).await;
    let never = stream::pending::<Result<&[u8], std::io::Error>>();
    let request = Request::post(COLLECT)
        .header("content-type", "application/json")
        .header("passport-timeout", "2s")
        .body(Body::from_stream(never));
    let answer = send(router.clone(), request.unwrap()).await;
    let slow = (StatusCode::REQUEST_TIMEOUT, body!("SLOW_BODY"));
    assert_eq!(code(answer).await, slow);
    let next = send(router, collect()).await;
    assert_eq!(next.status(), StatusCode::OK);
}
