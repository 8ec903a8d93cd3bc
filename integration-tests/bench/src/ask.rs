//! Asking a gateway, and looking at every answer.

use anyhow::{Context as _, Result, ensure};
use bytes::Bytes;
use futures::future::try_join_all;
use http_body::Body as HttpBody;
use passport_proto::evidence::{Evidence, FactStatus};
use passport_proto::gateway::gateway_service_client::GatewayServiceClient;
use passport_proto::gateway::{CollectEvidenceRequest, CollectEvidenceResponse};
use tonic::body::Body;
use tonic::client::GrpcService;
use tonic::codegen::StdError;
use tonic::transport::Channel;

use crate::configuration::{self, CONNECTOR, FACT, source_name};
use crate::load::{Figures, Load};
use crate::provider;

/// A connection of its own for each caller.
///
/// # Errors
/// Nobody listens there.
pub async fn clients(url: &str, callers: usize) -> Result<Vec<GatewayServiceClient<Channel>>> {
    let connected = (0..callers).map(async |_| {
        let channel = Channel::from_shared(url.to_owned())?.connect().await?;
        anyhow::Ok(GatewayServiceClient::new(channel))
    });
    try_join_all(connected).await
}

/// The question about a workspace's service.
pub fn about(workspace: usize) -> CollectEvidenceRequest {
    CollectEvidenceRequest {
        scope: Some(configuration::scope(workspace)),
        ..CollectEvidenceRequest::default()
    }
}

/// Asks once for each call, with a client for each caller.
///
/// # Errors
/// An answer is not the evidence of so many sources, all passed.
pub async fn load<T>(
    load: Load,
    clients: &[GatewayServiceClient<T>],
    sources: usize,
    question: impl Fn(usize) -> CollectEvidenceRequest,
) -> Result<Figures>
where
    T: GrpcService<Body> + Clone,
    T::Error: Into<StdError>,
    T::ResponseBody: HttpBody<Data = Bytes> + Send + 'static,
    <T::ResponseBody as HttpBody>::Error: Into<StdError> + Send,
{
    load.run(async |caller, call| {
        let mut client = clients.get(caller).context("no such caller")?.clone();
        let question = question(call);
        let answer = client.collect_evidence(question.clone()).await?;
        check(&question, &answer.into_inner(), sources)
    })
    .await
}

/// Whether an answer is the evidence of so many sources, all passed.
///
/// # Errors
/// It is not.
pub fn check(
    question: &CollectEvidenceRequest,
    answer: &CollectEvidenceResponse,
    sources: usize,
) -> Result<()> {
    ensure!(answer.failures.is_empty(), "{:?}", answer.failures);
    let found = answer.evidence.len();
    ensure!(found == sources, "evidence of {found} of {sources} sources");
    for (number, evidence) in answer.evidence.iter().enumerate() {
        let expected = is_expected(question, number, evidence);
        ensure!(expected, "not the expected evidence: {evidence:?}");
    }
    Ok(())
}

/// Whether it is that of the source with this number, about what was asked, and passed.
fn is_expected(question: &CollectEvidenceRequest, number: usize, evidence: &Evidence) -> bool {
    let [fact] = evidence.facts.as_slice() else {
        return false;
    };
    evidence.connector == CONNECTOR
        && evidence.scope == question.scope
        && evidence.subject == question.subject
        && evidence.source == source_name(number)
        && fact.name == FACT
        && fact.status() == FactStatus::Passed
        && fact
            .value
            .as_ref()
            .is_some_and(|it| it.text == provider::SHOWN)
}
