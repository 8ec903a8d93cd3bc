//! Providers that answer badly, seen from outside the process.

#![allow(
    clippy::indexing_slicing,
    reason = "a missing key of JSON is null, which no assertion takes for what it wants"
)]

use std::time::Duration;

use anyhow::{Context, Result};
use futures::future::join_all;
use passport_integration_tests::all_in_one::AllInOne;
use passport_integration_tests::configuration::{of_sources, prometheus, scope};
use passport_proto::{
    evidence::{FailureCode, Scope},
    gateway::{
        CollectEvidenceRequest, CollectEvidenceResponse,
        gateway_service_client::GatewayServiceClient,
    },
};
use passport_testkit::provider::Provider;
use serde_json::{Map, Value, json};
use tonic::{Request, transport::Channel};

/// Room that the process may take beside a reply that it refuses.
const ROOM_KIB: u64 = 8 * 1024;

fn answer(number: &str) -> Value {
    json!({ "status": "success", "data": { "resultType": "vector", "result": [
        { "metric": {}, "value": [1_777_800_600, number] },
    ] } })
}

async fn client(mesh: &AllInOne) -> Result<GatewayServiceClient<Channel>> {
    let channel = Channel::from_shared(mesh.url().to_owned())?
        .connect()
        .await?;
    Ok(GatewayServiceClient::new(channel))
}

fn request(within: Duration) -> Request<CollectEvidenceRequest> {
    let mut request = Request::new(CollectEvidenceRequest {
        scope: Some(Scope {
            workspace_id: "workspace-acme-prod".to_owned(),
            service: "checkout-api".to_owned(),
            environment: "production".to_owned(),
        }),
        ..CollectEvidenceRequest::default()
    });
    request.set_timeout(within);
    request
}

async fn collect(mesh: &AllInOne, within: Duration) -> Result<CollectEvidenceResponse> {
    let mut client = client(mesh).await?;
    Ok(client.collect_evidence(request(within)).await?.into_inner())
}

#[tokio::test]
async fn a_reply_of_64_mib_takes_little_memory_and_leaves_nothing_of_itself() -> Result<()> {
    let healthy = Provider::script()
        .any()
        .reply(200, answer("0"))
        .start()
        .await?;
    let huge = Provider::script().any().big(64 << 20).start().await?;
    let sources = json!({
        "small": prometheus(&healthy.base(), "5m"),
        "huge": prometheus(&huge.base(), "5m"),
    });
    let mesh = AllInOne::up(&of_sources(sources), &[]).await?;
    let small = json!({ "scope": scope(), "sources": ["small"] });
    mesh.collect(&small).await?;
    let (before, _) = mesh.memory()?;
    let reply = mesh
        .collect(&json!({ "scope": scope(), "sources": ["huge"] }))
        .await?;
    let (_, highest) = mesh.memory()?;
    assert_eq!(reply["failures"][0]["code"], "TOO_LARGE", "{reply:#}");
    assert!(
        highest.saturating_sub(before) < ROOM_KIB,
        "grew from {before} to {highest} KiB"
    );
    assert!(reply.to_string().len() < 1_000, "{reply}");
    Ok(())
}

#[tokio::test]
async fn one_hanging_source_of_eight_costs_its_own_outcome_only() -> Result<()> {
    let healthy = Provider::script()
        .any()
        .reply(200, answer("0"))
        .start()
        .await?;
    let hanging = Provider::script().any().hang().start().await?;
    let mut sources: Map<String, Value> = (1..8)
        .map(|number| (format!("prom-{number}"), prometheus(&healthy.base(), "5m")))
        .collect();
    sources.insert("prom-8".to_owned(), prometheus(&hanging.base(), "5m"));
    let mesh = AllInOne::up(&of_sources(Value::Object(sources)), &[]).await?;
    let reply = collect(&mesh, Duration::from_secs(3)).await?;
    assert_eq!(reply.evidence.len(), 7);
    let failures: Vec<_> = reply
        .failures
        .iter()
        .map(|failure| (failure.source.as_str(), failure.code()))
        .collect();
    assert_eq!(failures, [("prom-8", FailureCode::TimedOut)]);
    Ok(())
}

#[tokio::test]
async fn a_thousand_callers_at_once_cost_one_call_of_each_kind() -> Result<()> {
    let provider = Provider::script()
        .any()
        .reply(200, answer("0"))
        .start()
        .await?;
    let sources = json!({ "prom": prometheus(&provider.base(), "5m") });
    let mesh = AllInOne::up(&of_sources(sources), &[]).await?;
    let client = client(&mesh).await?;
    let callers = (0..1_000).map(|_| {
        let mut client = client.clone();
        async move {
            client
                .collect_evidence(request(Duration::from_secs(30)))
                .await
        }
    });
    for reply in join_all(callers).await {
        let reply = reply?.into_inner();
        let evidence = reply.evidence.first().context("no evidence")?;
        assert_eq!(evidence.facts.len(), 2);
    }
    // Two queries and the probe of each.
    assert_eq!(provider.requests().len(), 4);
    Ok(())
}
