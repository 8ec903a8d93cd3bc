//! Connectors and sources, and what collectors may say of them.

use axum::body::Body;
use http::{Request, StatusCode};
use passport_evidence::{FailureCode, Scope, wire};
use passport_proto::{
    collector::{CheckSourceResponse, Source, SourceState},
    evidence as proto,
};
use serde_json::{Value, json};
use tonic::Code;

use super::{
    fake::Then,
    world::{World, anybody, good, json, now, scope, scope_of, send, within},
};

fn source(name: &str) -> Source {
    Source {
        scope: Some((&scope()).into()),
        name: name.to_owned(),
        connector: "gauge".to_owned(),
        category: "said by the collector".to_owned(),
        state: SourceState::Validated.into(),
        validated_at: Some(wire::timestamp(now())),
        ..Source::default()
    }
}

/// Each source with its state and failure.
async fn listed(world: &World, scope: &Scope) -> (Vec<String>, Vec<String>) {
    let gateway = world.gateway();
    let list = gateway
        .list_sources(&anybody(), scope, within(2))
        .await
        .unwrap();
    let line = |source: &Source| {
        let code = FailureCode::from_wire(source.failure);
        let code = code.map(|it| format!(" {it}")).unwrap_or_default();
        format!("{} {}{code}", source.name, source.state().as_str_name())
    };
    (
        list.sources.iter().map(line).collect(),
        list.absent_collectors,
    )
}

#[tokio::test]
async fn the_sources_of_all_collectors_are_listed_by_name() {
    let mut world = World::new();
    world.metrics.sources = vec![source("latency"), source("errors")];
    world.cicd.sources = vec![Source {
        connector: "build".to_owned(),
        ..source("pipeline")
    }];
    let (sources, absent) = listed(&world, &scope()).await;
    let wanted = ["errors", "latency", "pipeline"].map(|it| format!("{it} SOURCE_STATE_VALIDATED"));
    assert_eq!(sources, wanted);
    assert!(absent.is_empty());
}

#[tokio::test]
async fn sources_that_were_not_asked_for_are_left_out_and_those_missing_are_failing() {
    let mut world = World::new();
    let elsewhere = Source {
        scope: Some((&scope_of("globex", "x", "y")).into()),
        ..source("latency")
    };
    world.metrics.sources = vec![source("errors"), elsewhere, source("unheard-of")];
    world.cicd.then = Then::Fails(Code::Unavailable);
    let (sources, absent) = listed(&world, &scope()).await;
    let wanted = [
        "errors SOURCE_STATE_VALIDATED",
        "latency SOURCE_STATE_FAILING NOT_CONFIGURED",
    ];
    assert_eq!(sources, wanted);
    assert_eq!(absent, ["cicd"]);
}

#[tokio::test]
async fn sources_that_nobody_serves_are_listed_as_failing() {
    let staging = scope_of("acme", "checkout-api", "staging");
    let mut world = World::new();
    world.cicd.then = Then::Fails(Code::Unavailable);
    let (sources, _) = listed(&world, &staging).await;
    let unserved = ["exotic", "orphan", "ticket"];
    let wanted = unserved.map(|it| format!("{it} SOURCE_STATE_FAILING NOT_CONFIGURED"));
    assert_eq!(sources, wanted);
}

#[tokio::test]
async fn a_collector_speaks_for_its_own_connectors_only() {
    let mut world = World::new();
    let stolen = proto::ConnectorDescriptor {
        id: "build".to_owned(),
        collector: "cicd".to_owned(),
        ..proto::ConnectorDescriptor::default()
    };
    world.metrics.connectors.push(stolen);
    let gateway = world.gateway();
    let list = gateway
        .list_connectors(&anybody(), within(2))
        .await
        .unwrap();
    let ids: Vec<_> = list.connectors.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(ids, ["build", "gauge"]);
}

// === over HTTP ===

async fn ask(world: &World, method: &str, path: &str) -> (StatusCode, Value) {
    let query = "workspaceId=acme&service=checkout-api&environment=production";
    let request = Request::builder()
        .method(method)
        .uri(format!("{path}?{query}"));
    let response = send(world.router().await, request.body(Body::empty()).unwrap()).await;
    (response.status(), json(response).await)
}

#[tokio::test]
async fn connectors_are_json() {
    let mut world = World::new();
    world.metrics.connectors = vec![proto::ConnectorDescriptor {
        id: "gauge".to_owned(),
        display_name: "Gauge".to_owned(),
        category: "metrics".to_owned(),
        collector: "metrics".to_owned(),
        status: proto::ConnectorStatus::NativePull.into(),
        announced_status: proto::ConnectorStatus::DetectedCandidate.into(),
        status_reason: "it reads the gauge itself".to_owned(),
        capabilities: vec![proto::Capability::Pull.into(), 99],
        credential: "a token".to_owned(),
        evidence: "rates".to_owned(),
        minimum_scope: "one service".to_owned(),
        avoid: "everything".to_owned(),
        facts: vec![proto::FactDescriptor {
            name: "error_rate".to_owned(),
            meaning: "share of failed requests".to_owned(),
            default_threshold: String::new(),
        }],
        default_max_age: wire::duration(passport_evidence::MaxAge::from_secs(300).unwrap()).into(),
    }];
    world.cicd.then = Then::Fails(Code::Unavailable);
    let (status, list) = ask(&world, "GET", "/v1/connectors").await;
    assert_eq!(status, StatusCode::OK);
    let wanted = json!({
        "connectors": [{
            "id": "gauge", "displayName": "Gauge", "category": "metrics", "collector": "metrics",
            "status": "Native pull", "announcedStatus": "Detected candidate",
            "statusReason": "it reads the gauge itself", "capabilities": ["pull"], "credential": "a token",
            "evidence": "rates", "minimumScope": "one service", "avoid": "everything",
            "facts": [{ "name": "error_rate", "meaning": "share of failed requests" }],
            "defaultMaxAgeSeconds": 300,
        }],
        "absentCollectors": ["cicd"],
        "absent": [
            { "name": "cicd", "categories": ["ci-cd"], "state": "unreachable",
              "since": passport_evidence::json::time(now()) },
            { "name": "work-items", "categories": ["work-item"], "state": "not_deployed" },
        ],
    });
    assert_eq!(list, wanted);
}

#[tokio::test]
async fn sources_are_json_in_the_gateways_own_words() {
    let mut world = World::new();
    world.metrics.sources = vec![source("errors")];
    world.cicd.then = Then::Fails(Code::Unavailable);
    let (_, list) = ask(&world, "GET", "/v1/sources").await;
    let errors = json!({
        "name": "errors", "connector": "gauge", "category": "metrics", "state": "validated",
        "maxAgeSeconds": 300, "validatedAt": "2026-05-03T09:30:00Z",
    });
    assert_eq!(list["sources"][0], errors);
    assert_eq!(list["absentCollectors"], json!(["cicd"]));
}

// === checks ===

#[tokio::test]
async fn a_checks_facts_are_judged_again() {
    let mut lie = good("errors").facts;
    lie[0].threshold = "< 0.001%".to_owned();
    let mut world = World::new();
    world.metrics.check = CheckSourceResponse {
        source: Some(source("errors")),
        facts: lie,
        failure: None,
    };
    let (status, check) = ask(&world, "POST", "/v1/sources/errors/check").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(check["source"]["state"], "validated");
    assert_eq!(check["facts"][0]["reason"], "CONTRADICTORY");
}

#[tokio::test]
async fn a_check_that_could_not_be_made_is_a_failure_of_the_source() {
    let mut world = World::new();
    world.metrics.then = Then::Fails(Code::Unavailable);
    let (status, check) = ask(&world, "POST", "/v1/sources/errors/check").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(check["failure"]["code"], "UNREACHABLE");
    assert_eq!(check["source"]["state"], "failing");
    assert!(!check.to_string().contains("secret of the collector"));
}

#[tokio::test]
async fn a_check_of_another_source_is_not_passed_on() {
    let mut world = World::new();
    world.metrics.check.source = Some(source("latency"));
    let (_, check) = ask(&world, "POST", "/v1/sources/errors/check").await;
    assert_eq!(check["failure"]["code"], "INTERNAL");
    assert_eq!(check["source"]["name"], "errors");
}

#[tokio::test]
async fn a_source_that_is_not_configured_is_not_found() {
    let (status, problem) = ask(&World::new(), "POST", "/v1/sources/nope/check").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(problem["code"], "NOT_CONFIGURED");
    let (gateway, caller) = (World::new().gateway(), anybody());
    let unknown = scope_of("acme", "no", "where");
    let listed = gateway.list_sources(&caller, &unknown, within(2)).await;
    assert_eq!(listed.unwrap_err().reason(), "NOT_CONFIGURED");
}
