//! One call of `CollectorService.Collect` over mutual TLS.

use std::path::{Path, PathBuf};
use std::time::Duration;

use passport_proto::collector::CollectRequest;
use passport_proto::collector::collector_service_client::CollectorServiceClient;
use passport_proto::evidence::{Outcome, Scope, Subject};
use tonic::Request;
use tonic::transport::{Certificate, ClientTlsConfig, Endpoint, Identity};

use crate::Args;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum Unanswered {
    /// A file can't be read.
    #[error("{} can't be read: {kind}", file.display())]
    File {
        file: PathBuf,
        kind: std::io::ErrorKind,
    },
    /// There is no connection.
    #[error(
        "the collector can't be reached; see its address, and whether its certificate fits --ca"
    )]
    Unreachable(#[from] tonic::transport::Error),
    /// The collector refused. Its words hold no secrets.
    #[error("the collector says {:?}: {}", .0.code(), .0.message())]
    Refused(#[from] tonic::Status),
}

/// What each source that was asked has answered.
pub async fn outcomes(args: &Args, within: Duration) -> Result<Vec<Outcome>, Unanswered> {
    let tls = ClientTlsConfig::new()
        .ca_certificate(Certificate::from_pem(read(&args.ca)?))
        .identity(Identity::from_pem(read(&args.cert)?, read(&args.key)?));
    let channel = Endpoint::from_shared(args.collector.clone())?
        .tls_config(tls)?
        .connect()
        .await?;
    let mut request = Request::new(question(args));
    request.set_timeout(within);
    let answer = CollectorServiceClient::new(channel)
        .collect(request)
        .await?;
    Ok(answer.into_inner().outcomes)
}

fn question(args: &Args) -> CollectRequest {
    CollectRequest {
        scope: Some(scope(args)),
        subject: subject(args),
        sources: vec![args.source.clone()],
        ..CollectRequest::default()
    }
}

pub fn scope(args: &Args) -> Scope {
    Scope {
        workspace_id: args.workspace.clone(),
        service: args.service.clone(),
        environment: args.environment.clone(),
    }
}

/// With it, evidence about another commit or image is never `passed`.
fn subject(args: &Args) -> Option<Subject> {
    let subject = Subject {
        version: String::new(),
        revision: args.revision.clone().unwrap_or_default(),
        artifact_digests: args.artifact_digest.iter().cloned().collect(),
    };
    (subject != Subject::default()).then_some(subject)
}

fn read(file: &Path) -> Result<Vec<u8>, Unanswered> {
    std::fs::read(file).map_err(|error| Unanswered::File {
        file: file.to_owned(),
        kind: error.kind(),
    })
}
