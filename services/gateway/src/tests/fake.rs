//! A collector that says what a test wants it to say.

use std::{
    pin::Pin,
    sync::{Arc, Mutex},
    time::Duration,
};

use futures::{Stream, StreamExt as _, stream};
use passport_proto::{
    collector::{self as api, collector_service_server::CollectorService},
    evidence::{self as proto, ConnectorDescriptor, Outcome},
};
use passport_service_kit::limits::{Refusal, Why};
use tonic::{Code, Request, Response, Status};

/// What becomes of a call.
#[derive(Clone)]
pub enum Then {
    /// It is answered.
    Answers,
    /// It is never answered; a stream hangs after its outcomes.
    Hangs,
    /// It ends with an error.
    Fails(Code),
    /// The collector has too much to do, and asks to wait so long.
    IsShed(Duration),
}

/// What it was asked.
#[derive(Default)]
pub struct Seen {
    pub collects: Vec<api::CollectRequest>,
    pub answers: Vec<api::AnswerQuestionRequest>,
    pub notices: Vec<api::SendNoticeRequest>,
    pub deliveries: Vec<api::IngestRequest>,
    pub calls: usize,
    /// How it refuses the next answers, the last of these first.
    pub refusals: Vec<proto::FailureCode>,
    /// What it says from now on, in place of its outcomes.
    pub says: Option<Vec<Outcome>>,
}

/// A collector that says what a test wants it to say. A clone is the same collector.
#[derive(Clone)]
pub struct Fake {
    pub then: Then,
    pub outcomes: Vec<Outcome>,
    pub digest: String,
    pub connectors: Vec<ConnectorDescriptor>,
    pub sources: Vec<api::Source>,
    pub check: api::CheckSourceResponse,
    pub notice: api::SendNoticeResponse,
    pub ingest: Result<api::IngestResponse, Code>,
    pub seen: Arc<Mutex<Seen>>,
}

impl Default for Fake {
    fn default() -> Self {
        Self {
            then: Then::Answers,
            outcomes: Vec::new(),
            digest: String::new(),
            connectors: Vec::new(),
            sources: Vec::new(),
            check: api::CheckSourceResponse::default(),
            notice: api::SendNoticeResponse::default(),
            ingest: Err(Code::Unimplemented),
            seen: Arc::default(),
        }
    }
}

/// What the limits of a collector say.
fn shed(wait: Duration) -> Status {
    let why = Why::InFlight;
    Refusal { why, wait }.into()
}

type Answer<T> = Result<Response<T>, Status>;

impl Fake {
    pub fn calls(&self) -> usize {
        self.seen.lock().unwrap().calls
    }

    async fn then<T>(&self, answer: T) -> Answer<T> {
        self.seen.lock().unwrap().calls += 1;
        match self.then {
            Then::Answers => Ok(Response::new(answer)),
            Then::Hangs => std::future::pending().await,
            Then::Fails(code) => Err(Status::new(code, "secret of the collector")),
            Then::IsShed(wait) => Err(shed(wait)),
        }
    }
}

#[tonic::async_trait]
impl CollectorService for Fake {
    type CollectStreamStream =
        Pin<Box<dyn Stream<Item = Result<api::CollectStreamResponse, Status>> + Send>>;

    async fn collect(&self, _: Request<api::CollectRequest>) -> Answer<api::CollectResponse> {
        self.then(api::CollectResponse {
            outcomes: self.outcomes.clone(),
            configuration_digest: self.digest.clone(),
        })
        .await
    }

    async fn collect_stream(
        &self,
        request: Request<api::CollectStreamRequest>,
    ) -> Answer<Self::CollectStreamStream> {
        let mut seen = self.seen.lock().unwrap();
        seen.calls += 1;
        seen.collects.extend(request.into_inner().collect);
        let outcomes = seen.says.clone();
        let outcomes = outcomes.unwrap_or_else(|| self.outcomes.clone());
        drop(seen);
        let digest = self.digest.clone();
        let outcomes = stream::iter(outcomes).map(move |outcome| {
            Ok(api::CollectStreamResponse {
                outcome: Some(outcome),
                configuration_digest: digest.clone(),
            })
        });
        Ok(Response::new(match self.then {
            Then::Answers => outcomes.boxed(),
            Then::Hangs => outcomes.chain(stream::pending()).boxed(),
            Then::Fails(code) => {
                let error = Err(Status::new(code, "secret of the collector"));
                outcomes.chain(stream::iter([error])).boxed()
            }
            Then::IsShed(wait) => return Err(shed(wait)),
        }))
    }

    async fn ingest(&self, request: Request<api::IngestRequest>) -> Answer<api::IngestResponse> {
        self.seen
            .lock()
            .unwrap()
            .deliveries
            .push(request.into_inner());
        let refused = |code| Status::new(code, "secret of the collector");
        self.then(self.ingest.clone().map_err(refused)?).await
    }

    async fn list_connectors(
        &self,
        _: Request<api::ListConnectorsRequest>,
    ) -> Answer<api::ListConnectorsResponse> {
        let connectors = self.connectors.clone();
        self.then(api::ListConnectorsResponse { connectors }).await
    }

    async fn list_sources(
        &self,
        _: Request<api::ListSourcesRequest>,
    ) -> Answer<api::ListSourcesResponse> {
        self.then(api::ListSourcesResponse {
            sources: self.sources.clone(),
            configuration_digest: self.digest.clone(),
        })
        .await
    }

    async fn check_source(
        &self,
        _: Request<api::CheckSourceRequest>,
    ) -> Answer<api::CheckSourceResponse> {
        self.then(self.check.clone()).await
    }

    async fn send_notice(
        &self,
        request: Request<api::SendNoticeRequest>,
    ) -> Answer<api::SendNoticeResponse> {
        self.seen.lock().unwrap().notices.push(request.into_inner());
        self.then(self.notice.clone()).await
    }

    async fn answer_question(
        &self,
        request: Request<api::AnswerQuestionRequest>,
    ) -> Answer<api::AnswerQuestionResponse> {
        let failure = {
            let mut seen = self.seen.lock().unwrap();
            seen.answers.push(request.into_inner());
            seen.refusals.pop()
        };
        let failure = failure.map(|code| proto::Failure {
            code: code.into(),
            ..proto::Failure::default()
        });
        self.then(api::AnswerQuestionResponse { failure }).await
    }
}
