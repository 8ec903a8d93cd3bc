//! How many series there are depends on the deployment, not on what callers come up with.

use axum::{Router, body::Body};
use http::{Method, Request};
use passport_policy::{
    grants::{Grant, Grants, Verb},
    tokens::{Token, Tokens, hash},
};
use passport_service_kit::{server::observed, telemetry::Metrics};
use serde_json::json;

use super::world::{World, good, says, scope, send, text};
use crate::Access;

const MANY: usize = 200;
const KNOWN: usize = 7;

/// Asks in ways that nobody has asked in before.
async fn invent(router: &Router, number: usize) {
    let collect = json!({ "scope": scope(), "sources": [format!("source-{number}")] });
    let elsewhere = json!({ "scope": {
        "workspaceId": format!("workspace-{number}"), "service": "shop", "environment": "live",
    } });
    let ingest = format!(
        "/v1/evidence/ingest/source-{number}?workspaceId=acme&service=checkout-api\
         &environment=production"
    );
    for (method, path, body) in [
        ("GET", format!("/path-{number}"), json!({})),
        ("POST", "/v1/evidence/collect".to_owned(), collect),
        ("POST", "/v1/evidence/collect".to_owned(), elsewhere),
        ("POST", ingest, json!({})),
        ("GET", format!("/v1/passports/{number}"), json!({})),
        (&format!("VERB{number}"), "/healthz".to_owned(), json!({})),
    ] {
        let request = Request::builder()
            .method(Method::from_bytes(method.as_bytes()).unwrap())
            .uri(path)
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer token-{number}"))
            .header("x-request-id", format!("request-{number}"));
        let request = request.body(Body::from(body.to_string())).unwrap();
        text(send(router.clone(), request).await).await;
    }
    let call = Request::post(format!("/passport.gateway.v1.GatewayService/Call{number}"));
    let call = call.header("content-type", "application/grpc");
    text(send(router.clone(), call.body(Body::empty()).unwrap()).await).await;
}

/// Series before, and after very many such requests.
async fn before_and_after(world: &World) -> (Vec<String>, Vec<String>) {
    let metrics = Metrics::new(&world.meters.meter());
    let router = observed(world.router().await, &metrics);
    for number in [KNOWN, MANY] {
        invent(&router, number).await;
    }
    let before = series(world);
    for number in 0..MANY {
        invent(&router, number).await;
    }
    (before, series(world))
}

/// Names and labels, without values.
fn series(world: &World) -> Vec<String> {
    let text = world.meters.render();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let names = lines.filter_map(|line| line.rsplit_once(' '));
    names.map(|(series, _)| series.to_owned()).collect()
}

#[tokio::test]
async fn paths_callers_and_sources_that_are_invented_make_no_series() {
    let everybody = World::metrics_says(vec![says(good("errors"))]);
    let (before, after) = before_and_after(&everybody).await;
    assert_eq!(before, after);
    assert!(
        before.iter().any(|it| it.contains("unmatched")),
        "{before:?}"
    );

    let mut known = World::new();
    known.access = Access::tokens([known_caller()].into_iter().collect::<Tokens>());
    let (before, after) = before_and_after(&known).await;
    assert_eq!(before, after);
}

#[tokio::test]
async fn who_is_not_admitted_is_counted_by_reason_and_a_signed_delivery_is_not() {
    let mut world = World::new();
    world.access = Access::tokens([known_caller()].into_iter().collect::<Tokens>());
    let router = world.router().await;
    let elsewhere = json!({ "scope": {
        "workspaceId": "globex", "service": "shop", "environment": "live",
    } });
    for token in ["token-1".to_owned(), format!("token-{KNOWN}")] {
        let request = Request::post("/v1/evidence/collect")
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {token}"))
            .body(Body::from(elsewhere.to_string()));
        send(router.clone(), request.unwrap()).await;
    }
    let signed = "/v1/evidence/ingest/signed?workspaceId=acme&service=checkout-api\
                  &environment=staging";
    let request = Request::post(signed).body(Body::from("{}")).unwrap();
    send(router.clone(), request).await;
    let text = world.meters.render();
    for reason in ["UNAUTHENTICATED", "PERMISSION_DENIED"] {
        let line = format!("passport_gateway_denied_total{{reason=\"{reason}\"}} 1");
        assert!(text.lines().any(|it| it == line), "no {line} in {text}");
    }
}

/// One of those who ask is known.
fn known_caller() -> Token {
    Token {
        id: "pipeline".to_owned(),
        sha256: hash(&format!("token-{KNOWN}")),
        expires: None,
        grants: Grants::from_iter([Grant {
            workspace: scope().workspace,
            services: [scope().service].into_iter().collect(),
            environments: [scope().environment].into_iter().collect(),
            verbs: Verb::ALL.into_iter().collect(),
        }]),
        person: None,
    }
}
