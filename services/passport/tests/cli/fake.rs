//! A gateway on loopback that answers as it is told.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use passport_proto::gateway::gateway_service_server::{GatewayService, GatewayServiceServer};
use passport_proto::gateway::*;
use tokio::net::TcpListener;
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::codegen::BoxStream;
use tonic::transport::{Server, ServerTlsConfig};
use tonic::{Request, Response, Status};

/// What it answers, and what it was asked.
#[derive(Default)]
pub struct Fake {
    /// One reply a source.
    pub outcomes: Vec<StreamEvidenceResponse>,
    pub connectors: ListConnectorsResponse,
    pub sources: ListSourcesResponse,
    pub check: CheckSourceResponse,
    pub notice: SendNoticeResponse,
    pub ingest: IngestEvidenceResponse,
    /// Sent in one watch, which then stays open.
    pub watch: Vec<WatchGateResponse>,
    /// How the first watches end, each after its first decision, the last of these first.
    pub cut: Arc<Mutex<Vec<Status>>>,
    /// The parts of an export.
    pub ledger: Vec<ExportLedgerResponse>,
    /// In place of every answer.
    pub refusal: Option<Status>,
    /// Never answers.
    pub hangs: bool,
    /// What it was asked; a [`Listening`] tells.
    pub asked: Arc<Mutex<Asked>>,
}

/// What the gateway saw.
#[derive(Default, Clone)]
pub struct Asked {
    pub collect: Option<CollectEvidenceRequest>,
    pub ingest: Option<IngestEvidenceRequest>,
    pub notice: Option<SendNoticeRequest>,
    pub authorization: Option<String>,
    pub has_deadline: bool,
}

/// A fake that listens.
pub struct Listening {
    pub url: String,
    asked: Arc<Mutex<Asked>>,
}

// === impl Fake ===

impl Fake {
    /// Serves until the runtime ends.
    pub async fn listen(self) -> Listening {
        self.listen_as("http", Server::builder()).await
    }

    /// The same over TLS, under the name `localhost`.
    pub async fn listen_tls(self, tls: ServerTlsConfig) -> Listening {
        let server = Server::builder().tls_config(tls).unwrap();
        let mut listening = self.listen_as("https", server).await;
        listening.url = listening.url.replace("127.0.0.1", "localhost");
        listening
    }

    async fn listen_as(self, scheme: &str, mut server: Server) -> Listening {
        let loopback = SocketAddr::from(([127, 0, 0, 1], 0));
        let listener = TcpListener::bind(loopback).await.unwrap();
        let listening = Listening {
            url: format!("{scheme}://{}", listener.local_addr().unwrap()),
            asked: self.asked.clone(),
        };
        let service = GatewayServiceServer::new(self).max_decoding_message_size(33 << 20);
        let server = server.add_service(service);
        tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
        listening
    }

    async fn hear<T>(&self, request: &Request<T>) -> Result<(), Status> {
        {
            let mut asked = self.asked.lock().unwrap();
            let header = |name| {
                request
                    .metadata()
                    .get(name)?
                    .to_str()
                    .ok()
                    .map(str::to_owned)
            };
            asked.authorization = header("authorization");
            asked.has_deadline = header("grpc-timeout").is_some();
        }
        if self.hangs {
            std::future::pending::<()>().await;
        }
        match &self.refusal {
            Some(status) => Err(status.clone()),
            None => Ok(()),
        }
    }
}

// === impl Listening ===

impl Listening {
    pub fn asked(&self) -> Asked {
        self.asked.lock().unwrap().clone()
    }
}

macro_rules! unused {
    ($($name:ident $request:ident $response:ident),* $(,)?) => {
        #[tonic::async_trait]
        impl GatewayService for Fake {
            type ExportLedgerStream = BoxStream<ExportLedgerResponse>;
            type StreamEvidenceStream = BoxStream<StreamEvidenceResponse>;
            type WatchGateStream = BoxStream<WatchGateResponse>;

            async fn stream_evidence(
                &self,
                request: Request<StreamEvidenceRequest>,
            ) -> Result<Response<Self::StreamEvidenceStream>, Status> {
                self.hear(&request).await?;
                self.asked.lock().unwrap().collect = request.into_inner().collect;
                let outcomes = self.outcomes.clone().into_iter().map(Ok);
                Ok(Response::new(Box::pin(tokio_stream::iter(outcomes))))
            }

            async fn list_connectors(
                &self,
                request: Request<ListConnectorsRequest>,
            ) -> Result<Response<ListConnectorsResponse>, Status> {
                self.hear(&request).await?;
                Ok(Response::new(self.connectors.clone()))
            }

            async fn list_sources(
                &self,
                request: Request<ListSourcesRequest>,
            ) -> Result<Response<ListSourcesResponse>, Status> {
                self.hear(&request).await?;
                Ok(Response::new(self.sources.clone()))
            }

            async fn check_source(
                &self,
                request: Request<CheckSourceRequest>,
            ) -> Result<Response<CheckSourceResponse>, Status> {
                self.hear(&request).await?;
                Ok(Response::new(self.check.clone()))
            }

            async fn send_notice(
                &self,
                request: Request<SendNoticeRequest>,
            ) -> Result<Response<SendNoticeResponse>, Status> {
                self.hear(&request).await?;
                self.asked.lock().unwrap().notice = Some(request.into_inner());
                Ok(Response::new(self.notice.clone()))
            }

            async fn ingest_evidence(
                &self,
                request: Request<IngestEvidenceRequest>,
            ) -> Result<Response<IngestEvidenceResponse>, Status> {
                self.hear(&request).await?;
                self.asked.lock().unwrap().ingest = Some(request.into_inner());
                Ok(Response::new(self.ingest.clone()))
            }

            async fn watch_gate(
                &self,
                request: Request<WatchGateRequest>,
            ) -> Result<Response<Self::WatchGateStream>, Status> {
                self.hear(&request).await?;
                let decisions = tokio_stream::iter(self.watch.clone().into_iter().map(Ok));
                let cut = self.cut.lock().unwrap().pop();
                let decisions: Self::WatchGateStream = match cut {
                    Some(cut) => Box::pin(decisions.take(1).chain(tokio_stream::once(Err(cut)))),
                    None => Box::pin(decisions.chain(tokio_stream::pending())),
                };
                Ok(Response::new(decisions))
            }

            async fn export_ledger(
                &self,
                request: Request<ExportLedgerRequest>,
            ) -> Result<Response<Self::ExportLedgerStream>, Status> {
                self.hear(&request).await?;
                let parts = self.ledger.clone().into_iter().map(Ok);
                Ok(Response::new(Box::pin(tokio_stream::iter(parts))))
            }

            $(async fn $name(
                &self,
                _: Request<$request>,
            ) -> Result<Response<$response>, Status> {
                Err(Status::unimplemented("not of this fake"))
            })*
        }
    };
}

unused!(
    collect_evidence CollectEvidenceRequest CollectEvidenceResponse,
    evaluate_gate EvaluateGateRequest EvaluateGateResponse,
    list_passports ListPassportsRequest ListPassportsResponse,
    get_passport GetPassportRequest GetPassportResponse,
    get_attestation GetAttestationRequest GetAttestationResponse,
    get_ledger_head GetLedgerHeadRequest GetLedgerHeadResponse,
    create_waiver CreateWaiverRequest CreateWaiverResponse,
    list_waivers ListWaiversRequest ListWaiversResponse,
    revoke_waiver RevokeWaiverRequest RevokeWaiverResponse,
    approve_release ApproveReleaseRequest ApproveReleaseResponse,
    list_approvals ListApprovalsRequest ListApprovalsResponse,
    revoke_approval RevokeApprovalRequest RevokeApprovalResponse,
);
