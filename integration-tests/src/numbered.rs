//! Deliveries that each have a number, by which they are found again in what was kept.

use anyhow::{Context, Result, ensure};
use passport_proto::collector::{
    IngestRequest, IngestResult, collector_service_client::CollectorServiceClient,
};
use passport_proto::evidence::Scope;
use serde_json::{Value, json};
use tonic::transport::Channel;

use crate::configuration::of_sources;
use crate::program::Program;

/// What is scanned in every report; the reports differ in its digest.
const ARTIFACT: &str = "images.example.com/acme/checkout-api";

/// A connection to the collector that takes them.
pub type Client = CollectorServiceClient<Channel>;

/// A configuration with the one source that takes them.
#[must_use]
pub fn configuration() -> Value {
    of_sources(json!({ "scan": source() }))
}

/// The source that takes them.
#[must_use]
pub fn source() -> Value {
    json!({ "connector": "trivy", "scope": { "artifact": ARTIFACT } })
}

/// Connects to the collector.
///
/// # Errors
/// It can't be reached.
pub async fn client(collector: &Program) -> Result<Client> {
    let channel = Channel::from_shared(collector.url().to_owned())?;
    Ok(Client::new(channel.connect().await?))
}

/// Delivers a number.
///
/// # Errors
/// Nothing tells that it is kept.
pub async fn deliver(client: &mut Client, number: u64) -> Result<IngestResult> {
    let answer = client.ingest(delivery(number)).await?.into_inner();
    let result = answer.result();
    ensure!(
        matches!(result, IngestResult::Accepted | IngestResult::Duplicate),
        "{result:?} with {}",
        answer.http_status
    );
    Ok(result)
}

/// The report of a number.
#[must_use]
pub fn report(number: u64) -> Value {
    json!({
        "SchemaVersion": 2,
        "ArtifactName": ARTIFACT,
        "ArtifactType": "container_image",
        "Metadata": { "RepoDigests": [format!("{ARTIFACT}@sha256:{number:064x}")] },
        "Results": [{ "Target": "alpine", "Class": "os-pkgs", "Type": "alpine" }],
    })
}

fn delivery(number: u64) -> IngestRequest {
    let report = report(number);
    IngestRequest {
        scope: Some(Scope {
            workspace_id: "workspace-acme-prod".to_owned(),
            service: "checkout-api".to_owned(),
            environment: "production".to_owned(),
        }),
        source: "scan".to_owned(),
        headers: Vec::new(),
        body: report.to_string().into(),
    }
}

/// The number of a delivery, by the digest in what is kept of it.
///
/// # Errors
/// There is none.
pub fn number(record: &[u8]) -> Result<u64> {
    let record = str::from_utf8(record)?;
    let (_, digest) = record.split_once("sha256:").context("no digest is kept")?;
    let digest = digest.get(..64).context("a short digest")?;
    Ok(u64::from_str_radix(digest, 16)?)
}
