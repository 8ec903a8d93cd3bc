//! A collector that does as a request's service name tells it.

use std::pin::Pin;

use futures::{Stream, StreamExt as _, stream};
use passport_proto::collector::{
    AnswerQuestionRequest, AnswerQuestionResponse, CheckSourceRequest, CheckSourceResponse,
    CollectRequest, CollectResponse, CollectStreamRequest, CollectStreamResponse, IngestRequest,
    IngestResponse, ListConnectorsRequest, ListConnectorsResponse, ListSourcesRequest,
    ListSourcesResponse, SendNoticeRequest, SendNoticeResponse, Source,
    collector_service_server::CollectorService,
};
use passport_proto::evidence::Failure;
use tonic::{Code, Request, Response, Status};

use crate::{client::CALLER, deadline, status};

type Answer<T> = Result<Response<T>, Status>;
type Outcomes = Pin<Box<dyn Stream<Item = Result<CollectStreamResponse, Status>> + Send>>;

#[derive(Clone, Copy)]
pub(super) struct Obedient;

fn ordered(request: &CollectRequest) -> &str {
    request.scope.as_ref().map_or("", |scope| &scope.service)
}

fn saying(text: String) -> Answer<CollectResponse> {
    Ok(Response::new(CollectResponse {
        configuration_digest: text,
        ..CollectResponse::default()
    }))
}

/// Not in one go with what came before it, so that this is sent.
async fn late_panic() -> Result<CollectStreamResponse, Status> {
    tokio::task::yield_now().await;
    panic!("a secret in a panic")
}

fn one(text: &str) -> Result<CollectStreamResponse, Status> {
    Ok(CollectStreamResponse {
        configuration_digest: text.to_owned(),
        ..CollectStreamResponse::default()
    })
}

#[tonic::async_trait]
impl CollectorService for Obedient {
    async fn collect(&self, request: Request<CollectRequest>) -> Answer<CollectResponse> {
        let by = deadline::remaining(request.extensions());
        let metadata = request.metadata().clone();
        let text = |name| metadata.get(name).map(|it| it.to_str().unwrap().to_owned());
        match ordered(request.get_ref()) {
            "hang" => std::future::pending().await,
            "panic" => panic!("a secret in a panic"),
            "refuse" => Err(status::error(
                Code::InvalidArgument,
                "BAD_SCOPE",
                "no such scope",
                None,
                vec![("scope".to_owned(), "is not one".to_owned())],
            )),
            "be large" => saying("x".repeat(5 << 20)),
            "tell the deadline" => saying(format!("{}", by.is_some())),
            "tell the timeout" => saying(text("grpc-timeout").unwrap_or_default()),
            "tell the caller" => saying(text(CALLER).unwrap_or_default()),
            "tell the trace" => saying(text("traceparent").unwrap_or_default()),
            other => saying(format!("collected {other}")),
        }
    }

    type CollectStreamStream = Outcomes;

    async fn collect_stream(&self, request: Request<CollectStreamRequest>) -> Answer<Outcomes> {
        let order = request.into_inner().collect.unwrap_or_default();
        let first = stream::iter([one("first")]);
        let outcomes: Outcomes = match ordered(&order) {
            "hang" => first.chain(stream::pending()).boxed(),
            "flood" => stream::repeat_with(|| one("more")).boxed(),
            "panic" => first.chain(stream::once(late_panic())).boxed(),
            _ => first.chain(stream::iter([one("second")])).boxed(),
        };
        Ok(Response::new(outcomes))
    }

    async fn ingest(&self, request: Request<IngestRequest>) -> Answer<IngestResponse> {
        let length = request.into_inner().body.len().to_string();
        Ok(Response::new(IngestResponse {
            body: length.into_bytes().into(),
            ..IngestResponse::default()
        }))
    }

    async fn list_connectors(
        &self,
        _: Request<ListConnectorsRequest>,
    ) -> Answer<ListConnectorsResponse> {
        Ok(Response::new(ListConnectorsResponse::default()))
    }

    async fn list_sources(
        &self,
        request: Request<ListSourcesRequest>,
    ) -> Answer<ListSourcesResponse> {
        Ok(Response::new(ListSourcesResponse {
            sources: vec![source(request.into_inner().scope)],
            ..ListSourcesResponse::default()
        }))
    }

    async fn check_source(
        &self,
        request: Request<CheckSourceRequest>,
    ) -> Answer<CheckSourceResponse> {
        Ok(Response::new(CheckSourceResponse {
            source: Some(source(request.into_inner().scope)),
            ..CheckSourceResponse::default()
        }))
    }

    async fn send_notice(&self, _: Request<SendNoticeRequest>) -> Answer<SendNoticeResponse> {
        Err(tonic::Status::unimplemented("nobody asks for it here"))
    }

    /// Refuses with the comment in place of a message.
    async fn answer_question(
        &self,
        request: Request<AnswerQuestionRequest>,
    ) -> Answer<AnswerQuestionResponse> {
        let failure = Failure {
            message: request.into_inner().comment,
            ..Failure::default()
        };
        Ok(Response::new(AnswerQuestionResponse {
            failure: Some(failure),
        }))
    }
}

fn source(scope: Option<passport_proto::evidence::Scope>) -> Source {
    Source {
        scope,
        name: "one".to_owned(),
        ..Source::default()
    }
}
