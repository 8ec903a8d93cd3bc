//! Questions over gRPC.

use std::fmt::Debug;

use anyhow::Result;
use futures::TryStreamExt as _;
use passport_integration_tests::workspace;
use passport_proto::{
    evidence::Scope,
    gateway::{
        CheckSourceRequest, CollectEvidenceRequest, EvaluateGateRequest, IngestEvidenceRequest,
        ListConnectorsRequest, ListSourcesRequest, StreamEvidenceRequest,
        gateway_service_client::GatewayServiceClient,
    },
};
use tonic::{Request, Response, Status, transport::Channel};

use crate::alike;
use crate::world::{Deployment, READER, TOKEN};

fn scope(service: &str) -> Option<Scope> {
    Some(Scope {
        workspace_id: "workspace-acme-prod".to_owned(),
        service: service.to_owned(),
        environment: "production".to_owned(),
    })
}

fn all() -> CollectEvidenceRequest {
    CollectEvidenceRequest {
        scope: scope("checkout-api"),
        ..CollectEvidenceRequest::default()
    }
}

fn check(source: &str) -> CheckSourceRequest {
    CheckSourceRequest {
        scope: scope("checkout-api"),
        source: source.to_owned(),
    }
}

fn ingest(body: Vec<u8>) -> IngestEvidenceRequest {
    IngestEvidenceRequest {
        scope: scope("checkout-api"),
        source: "scan".to_owned(),
        body: body.into(),
        ..IngestEvidenceRequest::default()
    }
}

fn shown<T>(token: Option<&str>, message: T) -> Result<Request<T>> {
    let mut request = Request::new(message);
    if let Some(token) = token {
        let bearer = format!("Bearer {token}").parse()?;
        request.metadata_mut().insert("authorization", bearer);
    }
    Ok(request)
}

/// A message without its times, or code, text and details of an error.
fn answer<T: Debug>(answered: Result<Response<T>, Status>) -> Result<String> {
    match answered {
        Ok(message) => alike::without_timestamps(message.get_ref()),
        Err(status) => Ok(refusal(&status)),
    }
}

fn refusal(status: &Status) -> String {
    let (code, message, details) = (status.code(), status.message(), status.details());
    format!("{code:?} {message} {details:?}")
}

/// Everything that is asked, with the answers of a deployment.
pub async fn answers(of: &Deployment) -> Result<Vec<(&'static str, String)>> {
    let channel = Channel::from_shared(of.gateway.clone())?.connect().await?;
    let mut gateway = GatewayServiceClient::new(channel);
    let report = std::fs::read(workspace::root().join("deploy/examples/trivy-report.json"))?;
    let mut answers = Vec::new();

    for (who, token) in [
        ("collect", Some(TOKEN)),
        ("collect without a token", None),
        ("collect with a wrong token", Some("another")),
        ("collect without the grant", Some(READER)),
    ] {
        let request = shown(token, all())?;
        answers.push((who, answer(gateway.collect_evidence(request).await)?));
    }
    let broken = CollectEvidenceRequest {
        scope: scope("*"),
        ..all()
    };
    let unknown = CollectEvidenceRequest {
        sources: vec!["nope".to_owned()],
        ..all()
    };
    let large = CollectEvidenceRequest {
        sources: vec!["nope".repeat(2 << 20)],
        ..all()
    };
    for (what, request) in [
        ("a broken scope", broken),
        ("an unknown source", unknown),
        ("a request that is too large", large),
        ("no scope", CollectEvidenceRequest::default()),
    ] {
        let request = shown(Some(TOKEN), request)?;
        answers.push((what, answer(gateway.collect_evidence(request).await)?));
    }

    let stream = shown(
        Some(TOKEN),
        StreamEvidenceRequest {
            collect: Some(all()),
        },
    )?;
    let outcomes = gateway.stream_evidence(stream).await?.into_inner();
    let outcomes: Vec<_> = outcomes.try_collect().await?;
    let outcomes: Result<Vec<_>> = outcomes.iter().map(alike::without_timestamps).collect();
    let mut outcomes = outcomes?;
    // They come as sources answer.
    outcomes.sort();
    answers.push(("a stream", outcomes.join("\n")));

    for (what, body) in [
        ("a delivery", report),
        ("a broken delivery", b"{".to_vec()),
        ("a delivery that is too large", vec![b' '; (32 << 20) + 1]),
    ] {
        let request = shown(Some(TOKEN), ingest(body))?;
        answers.push((what, answer(gateway.ingest_evidence(request).await)?));
    }

    let request = shown(Some(TOKEN), ListConnectorsRequest::default())?;
    let connectors = answer(gateway.list_connectors(request).await)?;
    answers.push(("the connectors", connectors));
    let sources = ListSourcesRequest {
        scope: scope("checkout-api"),
    };
    let request = shown(Some(TOKEN), sources)?;
    let sources = answer(gateway.list_sources(request).await)?;
    answers.push(("the sources", sources));
    for source in ["prom", "gone", "scan", "pushed", "nope"] {
        let request = shown(Some(TOKEN), check(source))?;
        answers.push((source, answer(gateway.check_source(request).await)?));
    }
    let evaluate = EvaluateGateRequest {
        scope: scope("checkout-api"),
        ..EvaluateGateRequest::default()
    };
    let request = shown(Some(TOKEN), evaluate)?;
    let gate = answer(gateway.evaluate_gate(request).await)?;
    answers.push(("a gate", gate));
    Ok(answers)
}
