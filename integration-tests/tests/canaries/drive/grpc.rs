//! What is asked over gRPC.

use anyhow::Result;
use futures::StreamExt as _;
use futures::future::try_join_all;
use passport_proto::collector::Header;
use passport_proto::evidence::Scope;
use passport_proto::gateway::gateway_service_client::GatewayServiceClient;
use passport_proto::gateway::{
    CheckSourceRequest, CollectEvidenceRequest, IngestEvidenceRequest, ListConnectorsRequest,
    ListSourcesRequest, StreamEvidenceRequest,
};
use tonic::transport::Channel;
use tonic::{Request, Response, Status};

use super::Caller;
use crate::search::Output;

impl Caller<'_> {
    fn request<T>(&self, message: T) -> Result<Request<T>> {
        let mut request = Request::new(message);
        request.set_timeout(std::time::Duration::from_secs(3));
        let bearer = format!("Bearer {}", self.planted.token);
        request
            .metadata_mut()
            .insert("authorization", bearer.parse()?);
        Ok(request)
    }

    pub(super) async fn over_grpc(&self) -> Result<Vec<Output>> {
        let channel = Channel::from_shared(self.url.to_owned())?.connect().await?;
        let mut client = GatewayServiceClient::new(channel);
        let scope = Some(Scope {
            workspace_id: "workspace-acme-prod".to_owned(),
            service: "checkout-api".to_owned(),
            environment: "production".to_owned(),
        });
        let collect = CollectEvidenceRequest {
            scope: scope.clone(),
            ..CollectEvidenceRequest::default()
        };
        let mut foreign = collect.clone();
        foreign.sources = vec![self.planted.token.clone()];
        let checks = self.planted.sources().into_iter().map(|source| {
            let mut client = client.clone();
            let check = CheckSourceRequest {
                scope: scope.clone(),
                source,
            };
            async move {
                Ok::<_, anyhow::Error>(said(
                    "CheckSource",
                    client.check_source(self.request(check)?).await,
                ))
            }
        });
        let checks: Vec<_> = checks.collect();
        let header = |name: &str| Header {
            name: name.to_owned(),
            value: self.planted.token.clone().into(),
        };
        let delivery = IngestEvidenceRequest {
            scope: scope.clone(),
            source: "scan".to_owned(),
            headers: vec![
                header("authorization"),
                header("cookie"),
                header("passport-observed-at"),
            ],
            body: format!("{{\"ArtifactName\": \"{}\"}}", self.planted.token).into(),
        };
        let mut told = vec![
            said(
                "CollectEvidence",
                client
                    .collect_evidence(self.request(collect.clone())?)
                    .await,
            ),
            said(
                "CollectEvidence",
                client.collect_evidence(self.request(foreign)?).await,
            ),
            said(
                "CollectEvidence",
                client.collect_evidence(Request::new(collect.clone())).await,
            ),
            said(
                "IngestEvidence",
                client.ingest_evidence(self.request(delivery)?).await,
            ),
            said(
                "ListConnectors",
                client
                    .list_connectors(self.request(ListConnectorsRequest {})?)
                    .await,
            ),
            said(
                "ListSources",
                client
                    .list_sources(self.request(ListSourcesRequest { scope })?)
                    .await,
            ),
        ];
        told.extend(try_join_all(checks).await?);
        let stream = StreamEvidenceRequest {
            collect: Some(collect),
        };
        let stream = client
            .stream_evidence(self.request(stream)?)
            .await?
            .into_inner();
        let items: Vec<_> = stream.collect().await;
        told.push(Output::new("gRPC StreamEvidence", format!("{items:#?}")));
        Ok(told)
    }
}

/// An answer with its metadata, or an error with its details.
fn said<T: std::fmt::Debug>(call: &str, answer: Result<Response<T>, Status>) -> Output {
    let text = match answer {
        Ok(answer) => format!("{answer:#?}").into_bytes(),
        Err(status) => [format!("{status:#?}").as_bytes(), status.details()].concat(),
    };
    Output::new(format!("gRPC {call}"), text)
}
