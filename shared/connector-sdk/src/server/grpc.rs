//! The collector service over gRPC.

use std::{pin::Pin, sync::Arc};

use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use http::{HeaderMap, HeaderName, HeaderValue};
use passport_evidence::{
    Fact, Failure, FailureCode, Outcome, Subject, freshness::CREDENTIAL_SCOPE, wire,
};
use passport_proto::{
    collector::{self as proto, collector_service_server::CollectorService},
    evidence::Fact as WireFact,
};
use tokio::time::Instant;
use tonic::{Code, Request, Response, Status};
use tracing::Instrument as _;

use super::{
    CollectorServer, Inner, Running, answer, asked,
    collect::Wish,
    deliver::Delivered,
    notices::Sent,
    requests::{bad, categories, error, names, not_configured, scope, source_id, timeout},
    state::State,
};
use crate::kind::{CollectError, CollectRequest, Delivery};

/// Kept back from the caller's deadline for the way home.
const MARGIN: std::time::Duration = std::time::Duration::from_millis(20);

/// The sources that a request selects, and names that no source has.
struct Selection {
    running: Vec<Arc<Running>>,
    unknown: Vec<Failure>,
    wish: Wish,
}

impl CollectorServer {
    fn select(&self, request: Request<proto::CollectRequest>) -> Result<Selection, Box<Status>> {
        let deadline = self.deadline(&request);
        let request = request.into_inner();
        let scope = scope(request.scope)?;
        let names = names(&request.sources)?;
        let categories = categories(&request.categories)?;
        let wanted = |running: &&Arc<Running>| {
            let source = &running.source;
            (names.is_empty() || names.contains(&source.id.name))
                && (categories.is_empty() || categories.contains(&source.descriptor.category))
        };
        let running: Vec<_> = self.of_scope(&scope).filter(wanted).cloned().collect();
        let known: Vec<_> = self.of_scope(&scope).map(|it| &it.source.id.name).collect();
        let unknown = names
            .iter()
            .filter(|name| !known.contains(name))
            .map(not_configured);
        let max_age = request
            .max_age
            .map(|age| wire::max_age("max_age", age))
            .transpose();
        Ok(Selection {
            unknown: unknown.collect(),
            running,
            wish: Wish {
                subject: request.subject.map(Into::into),
                max_age: max_age.map_err(|error| bad("max_age", &error.to_string()))?,
                deadline,
            },
        })
    }

    /// The caller's deadline, as the deadline layer noted it, less the way home.
    fn deadline<T>(&self, request: &Request<T>) -> Instant {
        let own = Instant::now() + self.0.source_timeout;
        match request
            .metadata()
            .get("grpc-timeout")
            .and_then(|text| timeout(text.to_str().ok()?))
        {
            Some(timeout) => own.min(Instant::now() + timeout.saturating_sub(MARGIN)),
            None => own,
        }
    }

    fn outcomes(&self, selection: Selection) -> impl Stream<Item = Outcome> + Send + 'static {
        let Selection {
            running,
            unknown,
            wish,
        } = selection;
        let asked: stream::FuturesUnordered<_> = running
            .into_iter()
            .map(|running| {
                let (inner, wish) = (Arc::clone(&self.0), wish.clone());
                async move { inner.outcome(&running, &wish).await }
            })
            .collect();
        stream::iter(unknown.into_iter().map(Outcome::Failure)).chain(asked)
    }

    fn named(
        &self,
        scope_field: Option<passport_proto::evidence::Scope>,
        source: &str,
    ) -> Result<Arc<Running>, Box<Status>> {
        let id = source_id(scope_field, source)?;
        self.find(&id).cloned().ok_or_else(|| {
            Box::new(error(
                Code::NotFound,
                "NOT_CONFIGURED",
                "no such source in this scope",
            ))
        })
    }
}

#[tonic::async_trait]
impl CollectorService for CollectorServer {
    async fn collect(
        &self,
        request: Request<proto::CollectRequest>,
    ) -> Result<Response<proto::CollectResponse>, Status> {
        let selection = self.select(request).map_err(|status| *status)?;
        let outcomes: Vec<_> = self.outcomes(selection).collect().await;
        Ok(Response::new(proto::CollectResponse {
            outcomes: outcomes.iter().map(Into::into).collect(),
            configuration_digest: self.0.configuration_digest.clone(),
        }))
    }

    type CollectStreamStream =
        Pin<Box<dyn Stream<Item = Result<proto::CollectStreamResponse, Status>> + Send>>;

    async fn collect_stream(
        &self,
        request: Request<proto::CollectStreamRequest>,
    ) -> Result<Response<Self::CollectStreamStream>, Status> {
        let (metadata, extensions, request) = request.into_parts();
        let collect = request
            .collect
            .ok_or_else(|| *bad("collect", "is missing"))?;
        let request = Request::from_parts(metadata, extensions, collect);
        let selection = self.select(request).map_err(|status| *status)?;
        let configuration_digest = self.0.configuration_digest.clone();
        let stream = self.outcomes(selection).map(move |outcome| {
            Ok(proto::CollectStreamResponse {
                outcome: Some((&outcome).into()),
                configuration_digest: configuration_digest.clone(),
            })
        });
        Ok(Response::new(Box::pin(stream)))
    }

    async fn ingest(
        &self,
        request: Request<proto::IngestRequest>,
    ) -> Result<Response<proto::IngestResponse>, Status> {
        if !self.0.keeper.is_durable() {
            let why = "this collector keeps deliveries in memory only";
            return Err(error(Code::Unimplemented, "NOT_DURABLE", why));
        }
        let request = request.into_inner();
        let id = source_id(request.scope, &request.source).map_err(|status| *status)?;
        let delivery = Delivery {
            headers: headers(&request.headers),
            body: request.body,
            received_at: self.0.clock.now(),
        };
        Ok(Response::new(ingested(&self.deliver(&id, &delivery).await)))
    }

    async fn list_connectors(
        &self,
        _: Request<proto::ListConnectorsRequest>,
    ) -> Result<Response<proto::ListConnectorsResponse>, Status> {
        let connectors = self
            .0
            .registry
            .descriptors()
            .map(|it| it.on_wire(self.0.name))
            .collect();
        Ok(Response::new(proto::ListConnectorsResponse { connectors }))
    }

    async fn list_sources(
        &self,
        request: Request<proto::ListSourcesRequest>,
    ) -> Result<Response<proto::ListSourcesResponse>, Status> {
        let scope = scope(request.into_inner().scope).map_err(|status| *status)?;
        let sources = self
            .of_scope(&scope)
            .map(|running| on_wire(running))
            .collect();
        Ok(Response::new(proto::ListSourcesResponse {
            sources,
            configuration_digest: self.0.configuration_digest.clone(),
        }))
    }

    async fn check_source(
        &self,
        request: Request<proto::CheckSourceRequest>,
    ) -> Result<Response<proto::CheckSourceResponse>, Status> {
        let deadline = self.deadline(&request);
        let request = request.into_inner();
        let running = self
            .named(request.scope, &request.source)
            .map_err(|status| *status)?;
        let checked = self.0.check(&running, deadline).await;
        let (facts, failure) = match checked {
            Ok(facts) => (facts, None),
            Err(error) => (Vec::new(), Some((&answer::failure(&running, error)).into())),
        };
        Ok(Response::new(proto::CheckSourceResponse {
            source: Some(on_wire(&running)),
            facts: facts.iter().map(WireFact::from).collect(),
            failure,
        }))
    }

    async fn answer_question(
        &self,
        request: Request<proto::AnswerQuestionRequest>,
    ) -> Result<Response<proto::AnswerQuestionResponse>, Status> {
        let deadline = self.deadline(&request);
        let request = request.into_inner();
        let told = asked::told(request.word(), &request.comment);
        let told = told.ok_or_else(|| *bad("word", "is missing"))?;
        let running = self
            .named(request.scope, &request.source)
            .map_err(|status| *status)?;
        let failure = self.0.answer(&running, &request.handle, &told, deadline);
        let failure = failure.await.as_ref().map(Into::into);
        Ok(Response::new(proto::AnswerQuestionResponse { failure }))
    }

    async fn send_notice(
        &self,
        request: Request<proto::SendNoticeRequest>,
    ) -> Result<Response<proto::SendNoticeResponse>, Status> {
        if !self.0.keeper.is_durable() {
            let why = "this collector keeps what it sent in memory only";
            return Err(error(Code::Unimplemented, "NOT_DURABLE", why));
        }
        let deadline = self.deadline(&request);
        let request = request.into_inner();
        let subject: Subject = request.subject.unwrap_or_default().into();
        if subject.is_empty() {
            return Err(*bad("subject", "is missing"));
        }
        let running = self
            .named(request.scope, &request.source)
            .map_err(|status| *status)?;
        let sent = self.0.notify(&running, subject, deadline).await;
        Ok(Response::new(noticed(sent)))
    }
}

fn noticed(sent: Sent) -> proto::SendNoticeResponse {
    let (result, failure) = match sent {
        Sent::Now => (proto::NoticeResult::Sent, None),
        Sent::Before => (proto::NoticeResult::SentBefore, None),
        Sent::Nothing => (proto::NoticeResult::NothingToSend, None),
        Sent::Not(failure) => (proto::NoticeResult::Unspecified, Some((&failure).into())),
    };
    proto::SendNoticeResponse {
        result: result.into(),
        failure,
    }
}

impl Inner {
    /// Asks the provider about the credential and remembers the answer.
    async fn check(&self, running: &Running, deadline: Instant) -> Result<Vec<Fact>, CollectError> {
        let now = self.clock.now();
        let generation = self.generation(running);
        let request = CollectRequest {
            now,
            subject: None,
            deadline,
        };
        let span = tracing::info_span!(
            "check source",
            connector = running.source.descriptor.id,
            source = %running.source.id,
        );
        let checked = tokio::time::timeout_at(deadline, running.source.connector.check(&request));
        let checked = checked
            .instrument(span)
            .await
            .unwrap_or(Err(CollectError::new(FailureCode::TimedOut)));
        match checked {
            Ok(observation) => {
                if running.source.connects() {
                    running.status.worked(now);
                }
                let breadth = observation
                    .facts
                    .iter()
                    .find(|it| *it.name() == CREDENTIAL_SCOPE);
                if let Some(fact) = breadth {
                    running.status.checked(generation, now, fact.clone());
                }
                Ok(observation.facts)
            }
            Err(error) => {
                running.status.failed(now, error.code);
                Err(error)
            }
        }
    }
}

fn on_wire(running: &Running) -> proto::Source {
    let source = &running.source;
    let State {
        validated_at,
        failing,
        ..
    } = running.status.now();
    let state = match (failing, validated_at) {
        (Some(_), _) => proto::SourceState::Failing,
        (None, Some(_)) => proto::SourceState::Validated,
        (None, None) => proto::SourceState::Configured,
    };
    proto::Source {
        scope: Some((&source.id.scope).into()),
        name: source.id.name.to_string(),
        connector: source.descriptor.id.to_owned(),
        category: source.descriptor.category.as_str().to_owned(),
        max_age: Some(wire::duration(source.max_age)),
        state: state.into(),
        validated_at: validated_at.map(wire::timestamp),
        failing_since: failing.map(|(since, _)| wire::timestamp(since)),
        failure: failing
            .map(|(_, code)| passport_proto::evidence::FailureCode::from(code))
            .unwrap_or_default()
            .into(),
    }
}

fn ingested(delivered: &Delivered) -> proto::IngestResponse {
    let result = match delivered {
        Delivered::Accepted(..) => proto::IngestResult::Accepted,
        Delivered::Duplicate(..) => proto::IngestResult::Duplicate,
        Delivered::Rejected(_) => proto::IngestResult::Rejected,
    };
    let reply = delivered.reply();
    let header = |(name, value): (&HeaderName, &HeaderValue)| proto::Header {
        name: name.to_string(),
        value: Bytes::copy_from_slice(value.as_bytes()),
    };
    proto::IngestResponse {
        result: result.into(),
        http_status: reply.status.as_u16().into(),
        headers: reply.headers.iter().map(header).collect(),
        body: reply.body.clone(),
        question: delivered.question().map(asked::on_wire),
    }
}

/// Headers that HTTP could not have carried are left out.
fn headers(headers: &[proto::Header]) -> HeaderMap {
    let parse = |header: &proto::Header| {
        let name = HeaderName::from_bytes(header.name.as_bytes()).ok()?;
        Some((name, HeaderValue::from_bytes(&header.value).ok()?))
    };
    headers.iter().filter_map(parse).collect()
}
