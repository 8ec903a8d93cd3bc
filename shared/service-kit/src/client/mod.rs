//! What a gateway, or any other service, holds of one collector.

mod readable;
mod wire;

use std::time::Duration;

use passport_proto::collector::{
    CheckSourceRequest, CheckSourceResponse, CollectRequest, CollectResponse, CollectStreamRequest,
    CollectStreamResponse, IngestRequest, IngestResponse, ListConnectorsRequest,
    ListConnectorsResponse, ListSourcesRequest, ListSourcesResponse,
    collector_service_client::CollectorServiceClient, collector_service_server::CollectorService,
};
use secrecy::SecretString;
use tonic::{Request, Status, Streaming};

use crate::{collector::CALL_LIMIT, telemetry};
pub use wire::FarError;
use wire::Wire;

/// One collector, near or far: nothing here tells which. Every call ends at its deadline with
/// `DEADLINE_EXCEEDED` and carries that deadline and the trace that it belongs to. A clone asks
/// the same collector.
#[derive(Clone)]
pub struct CollectorClient {
    calls: CollectorServiceClient<Wire>,
}

// === impl CollectorClient: making ===

impl CollectorClient {
    /// A collector within this process: the generated client on the generated server, without a
    /// socket between. A panic of the collector is its answer, not the caller's end.
    pub fn in_process<S: CollectorService>(service: S) -> Self {
        Self::on(wire::near(service))
    }

    /// A collector elsewhere, for example `http://metrics:7000`. Connects with the first call, and
    /// anew when a connection is lost.
    pub fn far(uri: &str) -> Result<Self, FarError> {
        wire::far(uri).map(Self::on)
    }

    /// The same, for a collector that asks for a token.
    ///
    /// # Errors
    /// The address or the token can't be used.
    pub fn far_with(uri: &str, token: &SecretString) -> Result<Self, FarError> {
        let wire = wire::far(uri)?;
        wire::showing(wire, token).map(Self::on)
    }

    fn on(wire: Wire) -> Self {
        // What is sent is limited by the server, which says so in words.
        let calls = CollectorServiceClient::new(wire).max_decoding_message_size(CALL_LIMIT);
        Self { calls }
    }
}

// === impl CollectorClient: calls ===

impl CollectorClient {
    /// Asks every source that the request selects; one outcome for each.
    pub async fn collect(
        &self,
        request: CollectRequest,
        deadline: Duration,
    ) -> Result<CollectResponse, Status> {
        let answer = self.calls.clone().collect(ready(request, deadline)).await;
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
        let request = ready(request, deadline);
        let answer = self.calls.clone().collect_stream(request).await;
        answer.map(tonic::Response::into_inner)
    }

    /// Hands over a delivery for one source; when this answers, it is kept.
    pub async fn ingest(
        &self,
        request: IngestRequest,
        deadline: Duration,
    ) -> Result<IngestResponse, Status> {
        let answer = self.calls.clone().ingest(ready(request, deadline)).await;
        answer.map(tonic::Response::into_inner)
    }

    /// The connectors that the collector is built with.
    pub async fn list_connectors(
        &self,
        request: ListConnectorsRequest,
        deadline: Duration,
    ) -> Result<ListConnectorsResponse, Status> {
        let request = ready(request, deadline);
        let answer = self.calls.clone().list_connectors(request).await;
        answer.map(tonic::Response::into_inner)
    }

    /// The sources of a scope and how each is doing.
    pub async fn list_sources(
        &self,
        request: ListSourcesRequest,
        deadline: Duration,
    ) -> Result<ListSourcesResponse, Status> {
        let request = ready(request, deadline);
        let answer = self.calls.clone().list_sources(request).await;
        answer.map(tonic::Response::into_inner)
    }

    /// Whether a source's credential works, is narrow enough, and finds its target.
    pub async fn check_source(
        &self,
        request: CheckSourceRequest,
        deadline: Duration,
    ) -> Result<CheckSourceResponse, Status> {
        let request = ready(request, deadline);
        let answer = self.calls.clone().check_source(request).await;
        answer.map(tonic::Response::into_inner)
    }
}

fn ready<T>(message: T, deadline: Duration) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(deadline);
    telemetry::inject(request.metadata_mut());
    request
}

#[cfg(test)]
mod tests;
