//! An issuer that does not answer costs its callers their own time, and no more.

use std::{net::TcpListener, time::Duration};

use axum::{Router, body::Body};
use http::{Request, StatusCode, header::RETRY_AFTER};
use passport_policy::{grants::Verb, tokens::Tokens};
use passport_proto::gateway::{
    CollectEvidenceRequest, gateway_service_client::GatewayServiceClient,
};
use passport_service_kit::access::Clients;
use serde_json::json as body;
use tonic::Code;
use tonic_types::StatusExt as _;

use super::{
    workloads,
    world::{World, bearing, json, scope, send},
};
use crate::Access;

const QUERY: &str = "workspaceId=acme&service=checkout-api&environment=production";

/// The listener takes connections and says nothing.
async fn waiting() -> (TcpListener, Router) {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let jwks = format!("http://{}/keys", silent.local_addr().unwrap());
    let all = ("all".to_owned(), scope(), Verb::ALL.to_vec());
    let issuers = workloads::asked_at(&jwks, [all]);
    let none = std::iter::empty().collect::<Tokens>();
    let world = World {
        access: Access::known(none, Clients::default(), issuers),
        ..World::new()
    };
    (silent, world.router().await)
}

fn request(path: &str, timeout: &str) -> Request<Body> {
    let bearer = format!("Bearer {}", workloads::token("all", false));
    let request = Request::post(path)
        .header("content-type", "application/json")
        .header("authorization", bearer)
        .header("passport-timeout", timeout);
    let text = body!({ "scope": scope() }).to_string();
    request.body(text.into()).unwrap()
}

#[tokio::test]
async fn over_http_the_wait_for_keys_ends_with_the_time_of_the_call() {
    let (_silent, router) = waiting().await;
    let answer = send(router, request("/v1/evidence/collect", "100ms")).await;
    assert_eq!(answer.status(), StatusCode::GATEWAY_TIMEOUT);
    assert!(answer.headers().contains_key(RETRY_AFTER));
    assert_eq!(json(answer).await["code"], "IDENTITY_TIMED_OUT");
}

#[tokio::test]
async fn over_grpc_too() {
    let (_silent, router) = waiting().await;
    let origin = http::Uri::from_static("http://localhost");
    let mut client = GatewayServiceClient::with_origin(router, origin);
    let asked = CollectEvidenceRequest {
        scope: Some((&scope()).into()),
        ..CollectEvidenceRequest::default()
    };
    let token = workloads::token("all", false);
    let mut asked = bearing(Some(&token), asked);
    asked.set_timeout(Duration::from_millis(100));
    let refused = client.collect_evidence(asked).await.unwrap_err();
    assert_eq!(refused.code(), Code::DeadlineExceeded);
    let reason = refused.get_details_error_info().map(|it| it.reason);
    assert_eq!(reason.as_deref(), Some("DEADLINE"));
}

#[tokio::test]
async fn whose_token_is_not_known_in_time_delivers_nothing() {
    let (_silent, router) = waiting().await;
    let path = format!("/v1/evidence/ingest/errors?{QUERY}");
    let answer = send(router, request(&path, "100ms")).await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_timeout_that_is_none_is_told_of_to_those_who_are_known_only() {
    let (_silent, router) = waiting().await;
    let mut stranger = request("/v1/evidence/collect", "soon");
    stranger.headers_mut().remove("authorization");
    let answer = send(router, stranger).await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
}
