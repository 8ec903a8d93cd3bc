//! The collector service behind its admission. Every call of the service has to be written here, or
//! this does not compile: there is none without a verb.

use passport_evidence::{Scope, person};
use passport_policy::grants::Verb;
use passport_proto::{
    collector::{self as api, collector_service_server::CollectorService},
    evidence as wire,
};
use passport_service_kit::status::error;
use tonic::{Code, Request, Response, Status};

use super::Admission;

/// A collector service that only those can ask who are admitted, for what they were granted.
pub(crate) struct Admitting<S> {
    service: S,
    admission: Admission,
}

// === impl Admitting ===

impl<S> Admitting<S> {
    pub fn new(service: S, admission: Admission) -> Self {
        Self { service, admission }
    }

    /// Lets a call on a scope through.
    fn on_scope<T>(
        &self,
        request: &Request<T>,
        verb: Verb,
        scope: impl FnOnce(&T) -> Option<&wire::Scope>,
    ) -> Result<(), Status> {
        let asker = self.admission.asker(request)?;
        asker.may(verb, &named(scope(request.get_ref()))?)
    }

    /// Lets a delivery through, without a word about persons unless the caller vouches for them.
    pub(super) fn delivered(
        &self,
        mut request: Request<api::IngestRequest>,
    ) -> Result<Request<api::IngestRequest>, Status> {
        let asker = self.admission.asker(&request)?;
        let scope = named(request.get_ref().scope.as_ref())?;
        asker.may(Verb::Ingest, &scope)?;
        if !asker.vouches_at(&scope) {
            let headers = &mut request.get_mut().headers;
            headers.retain(|it| !person::is_of_one(&it.name));
        }
        Ok(request)
    }
}

fn named(scope: Option<&wire::Scope>) -> Result<Scope, Status> {
    let scope = scope.ok_or_else(|| malformed("is missing"))?;
    Scope::try_from(scope.clone()).map_err(|error| malformed(&error.to_string()))
}

fn malformed(why: &str) -> Status {
    let violations = vec![("scope".to_owned(), why.to_owned())];
    let message = format!("scope {why}");
    let code = Code::InvalidArgument;
    error(code, "INVALID_REQUEST", message, None, violations)
}

#[tonic::async_trait]
impl<S: CollectorService> CollectorService for Admitting<S> {
    type CollectStreamStream = S::CollectStreamStream;

    async fn collect(
        &self,
        request: Request<api::CollectRequest>,
    ) -> Result<Response<api::CollectResponse>, Status> {
        self.on_scope(&request, Verb::Collect, |it| it.scope.as_ref())?;
        self.service.collect(request).await
    }

    async fn collect_stream(
        &self,
        request: Request<api::CollectStreamRequest>,
    ) -> Result<Response<Self::CollectStreamStream>, Status> {
        self.on_scope(&request, Verb::Collect, |it| {
            it.collect.as_ref()?.scope.as_ref()
        })?;
        self.service.collect_stream(request).await
    }

    async fn ingest(
        &self,
        request: Request<api::IngestRequest>,
    ) -> Result<Response<api::IngestResponse>, Status> {
        self.service.ingest(self.delivered(request)?).await
    }

    async fn list_connectors(
        &self,
        request: Request<api::ListConnectorsRequest>,
    ) -> Result<Response<api::ListConnectorsResponse>, Status> {
        self.admission.asker(&request)?.may_anywhere(Verb::Read)?;
        self.service.list_connectors(request).await
    }

    async fn list_sources(
        &self,
        request: Request<api::ListSourcesRequest>,
    ) -> Result<Response<api::ListSourcesResponse>, Status> {
        self.on_scope(&request, Verb::Read, |it| it.scope.as_ref())?;
        self.service.list_sources(request).await
    }

    async fn check_source(
        &self,
        request: Request<api::CheckSourceRequest>,
    ) -> Result<Response<api::CheckSourceResponse>, Status> {
        self.on_scope(&request, Verb::Check, |it| it.scope.as_ref())?;
        self.service.check_source(request).await
    }

    async fn answer_question(
        &self,
        request: Request<api::AnswerQuestionRequest>,
    ) -> Result<Response<api::AnswerQuestionResponse>, Status> {
        self.on_scope(&request, Verb::Notify, |it| it.scope.as_ref())?;
        self.service.answer_question(request).await
    }
    async fn send_notice(
        &self,
        request: Request<api::SendNoticeRequest>,
    ) -> Result<Response<api::SendNoticeResponse>, Status> {
        self.on_scope(&request, Verb::Notify, |it| it.scope.as_ref())?;
        self.service.send_notice(request).await
    }
}
