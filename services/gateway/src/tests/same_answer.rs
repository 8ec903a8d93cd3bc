//! gRPC and HTTP give the same evidence, whole or as it comes.

use std::collections::BTreeMap;

use axum::body::Body;
use futures::TryStreamExt as _;
use http::Request;
use passport_evidence::{ClaimedEvidence, FailureCode};
use passport_proto::{
    evidence::{self as proto, outcome::Kind},
    gateway::{CollectEvidenceRequest, StreamEvidenceRequest},
};
use serde_json::{Value, json};
use tonic_types::StatusExt as _;

use super::world::{World, fails, good, json, now, observed_before, says, scope, send};

fn world() -> World {
    let mut world = World::metrics_says(vec![
        says(observed_before(400, "errors", "gauge")),
        says(good("latency")),
    ]);
    world.cicd.outcomes = vec![fails("pipeline", FailureCode::Denied)];
    world
}

fn request() -> CollectEvidenceRequest {
    CollectEvidenceRequest {
        scope: Some((&scope()).into()),
        ..CollectEvidenceRequest::default()
    }
}

async fn over_http(world: &World) -> Value {
    let body = json!({ "scope": scope() }).to_string();
    let request = Request::post("/v1/evidence/collect").header("content-type", "application/json");
    let request = request.body(Body::from(body)).unwrap();
    json(send(world.router().await, request).await).await
}

fn as_json(evidence: proto::Evidence) -> Value {
    let claimed = ClaimedEvidence::try_from(evidence).unwrap();
    serde_json::to_value(claimed.admit(now())).unwrap()
}

#[tokio::test]
async fn grpc_and_http_give_the_same_evidence_and_failures() {
    let world = world();
    let mut client = world.grpc().await;
    let reply = client
        .collect_evidence(request())
        .await
        .unwrap()
        .into_inner();
    let evidence: Vec<_> = reply.evidence.into_iter().map(as_json).collect();
    let document = over_http(&world).await;
    assert_eq!(document["evidence"], json!(evidence));
    assert_eq!(evidence.len(), 2);
    assert_eq!(document["failures"][0]["source"], reply.failures[0].source);
    assert_eq!(
        document["failures"][0]["message"],
        reply.failures[0].message
    );
    assert_eq!(reply.failures[0].code(), proto::FailureCode::Denied);
}

#[tokio::test]
async fn a_stream_gives_the_outcomes_of_the_whole() {
    let mut client = world().grpc().await;
    let whole = client
        .collect_evidence(request())
        .await
        .unwrap()
        .into_inner();
    let asked = StreamEvidenceRequest {
        collect: Some(request()),
    };
    let stream = client.stream_evidence(asked).await.unwrap().into_inner();
    let outcomes: Vec<_> = stream.try_collect().await.unwrap();
    let kinds = outcomes
        .into_iter()
        .map(|it| it.outcome.unwrap().kind.unwrap());
    let streamed: BTreeMap<_, _> = kinds.map(|kind| (source(&kind), kind)).collect();
    let evidence = whole.evidence.into_iter().map(Kind::Evidence);
    let failures = whole.failures.into_iter().map(Kind::Failure);
    let whole = evidence.chain(failures).map(|kind| (source(&kind), kind));
    assert_eq!(streamed, whole.collect());
}

fn source(kind: &Kind) -> String {
    match kind {
        Kind::Evidence(evidence) => evidence.source.clone(),
        Kind::Failure(failure) => failure.source.clone(),
    }
}

#[tokio::test]
async fn a_malformed_scope_names_its_fields_in_the_details() {
    let mut client = world().grpc().await;
    let mut request = request();
    request.scope.as_mut().unwrap().service = "*".to_owned();
    let status = client.collect_evidence(request).await.unwrap_err();
    assert_eq!(status.code(), tonic::Code::InvalidArgument);
    let details = status.get_error_details();
    assert_eq!(details.error_info().unwrap().reason, "INVALID_ARGUMENT");
    let violations = &details.bad_request().unwrap().field_violations;
    assert_eq!(violations[0].field, "scope.service");
}
