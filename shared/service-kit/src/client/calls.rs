//! What a collector can be asked.

use std::time::Duration;

use passport_proto::collector::{
    AnswerQuestionRequest, AnswerQuestionResponse, CheckSourceRequest, CheckSourceResponse,
    CollectRequest, CollectResponse, CollectStreamRequest, CollectStreamResponse, IngestRequest,
    IngestResponse, ListConnectorsRequest, ListConnectorsResponse, ListSourcesRequest,
    ListSourcesResponse, SendNoticeRequest, SendNoticeResponse,
    collector_service_client::CollectorServiceClient,
};
use tonic::{
    Request, Status, Streaming,
    metadata::{Ascii, MetadataValue},
};

use super::{CALLER, wire::Wire};
use crate::telemetry;

/// What a collector can be asked in the name of one caller. Every call ends at its deadline with
/// `DEADLINE_EXCEEDED`, and carries that deadline, the caller's name and the trace that it belongs
/// to.
#[derive(Clone)]
pub struct CollectorCalls {
    calls: CollectorServiceClient<Wire>,
    caller: MetadataValue<Ascii>,
}

// === impl CollectorCalls ===

impl CollectorCalls {
    pub(super) fn new(calls: CollectorServiceClient<Wire>, caller: MetadataValue<Ascii>) -> Self {
        Self { calls, caller }
    }

    /// Asks every source that the request selects; one outcome for each.
    pub async fn collect(
        &self,
        request: CollectRequest,
        deadline: Duration,
    ) -> Result<CollectResponse, Status> {
        let answer = self
            .calls
            .clone()
            .collect(self.ready(request, deadline))
            .await;
        answer.map(tonic::Response::into_inner)
    }

    /// The same outcomes, each as soon as it is known. The deadline is that of the whole stream.
    pub async fn collect_stream(
        &self,
        request: CollectRequest,
        deadline: Duration,
    ) -> Result<Streaming<CollectStreamResponse>, Status> {
        let request = CollectStreamRequest {
            collect: Some(request),
        };
        let request = self.ready(request, deadline);
        let answer = self.calls.clone().collect_stream(request).await;
        answer.map(tonic::Response::into_inner)
    }

    /// Hands over a delivery for one source; when this answers, it is kept.
    pub async fn ingest(
        &self,
        request: IngestRequest,
        deadline: Duration,
    ) -> Result<IngestResponse, Status> {
        let answer = self
            .calls
            .clone()
            .ingest(self.ready(request, deadline))
            .await;
        answer.map(tonic::Response::into_inner)
    }

    /// The connectors that the collector is built with.
    pub async fn list_connectors(
        &self,
        request: ListConnectorsRequest,
        deadline: Duration,
    ) -> Result<ListConnectorsResponse, Status> {
        let request = self.ready(request, deadline);
        let answer = self.calls.clone().list_connectors(request).await;
        answer.map(tonic::Response::into_inner)
    }

    /// The sources of a scope and how each is doing.
    pub async fn list_sources(
        &self,
        request: ListSourcesRequest,
        deadline: Duration,
    ) -> Result<ListSourcesResponse, Status> {
        let request = self.ready(request, deadline);
        let answer = self.calls.clone().list_sources(request).await;
        answer.map(tonic::Response::into_inner)
    }

    /// Whether a source's credential works, is narrow enough, and finds its target.
    pub async fn check_source(
        &self,
        request: CheckSourceRequest,
        deadline: Duration,
    ) -> Result<CheckSourceResponse, Status> {
        let request = self.ready(request, deadline);
        let answer = self.calls.clone().check_source(request).await;
        answer.map(tonic::Response::into_inner)
    }

    /// Tells a provider the answer to a question that a delivery asked.
    pub async fn answer_question(
        &self,
        request: AnswerQuestionRequest,
        deadline: Duration,
    ) -> Result<AnswerQuestionResponse, Status> {
        let request = self.ready(request, deadline);
        let answer = self.calls.clone().answer_question(request).await;
        answer.map(tonic::Response::into_inner)
    }

    /// Sends what a source is configured to tell people about a release, if that was not sent yet.
    pub async fn send_notice(
        &self,
        request: SendNoticeRequest,
        deadline: Duration,
    ) -> Result<SendNoticeResponse, Status> {
        let request = self.ready(request, deadline);
        let answer = self.calls.clone().send_notice(request).await;
        answer.map(tonic::Response::into_inner)
    }

    fn ready<T>(&self, message: T, deadline: Duration) -> Request<T> {
        let mut request = Request::new(message);
        request.set_timeout(deadline);
        let metadata = request.metadata_mut();
        metadata.insert(CALLER, self.caller.clone());
        telemetry::inject(metadata);
        request
    }
}
