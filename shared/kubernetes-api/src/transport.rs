//! The only way to an API server: what the client of the crate `kube` asks goes out through the provider client, with
//! its rules on addresses, redirects, limits, rate and deadline.

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use chrono::{DateTime, Utc};
use http::{HeaderValue, Method, StatusCode, header::ACCEPT};
use kube::client::Body;
use passport_connector_sdk::{CollectRequest, ProviderClient, ReadError, Reply, Request};
use tower::Service;
use tracing::{Dispatch, dispatcher, instrument::WithSubscriber as _};
use url::form_urlencoded;

use super::status;

const JSON: HeaderValue = HeaderValue::from_static("application/json");
/// What is created there is answered, and nothing of it stored.
const REVIEWS: &str = "/apis/authorization.k8s.io/v1/";

/// How old the oldest of the answers is that came in.
#[derive(Debug, Clone, Default)]
pub(super) struct Age(Arc<Mutex<Option<DateTime<Utc>>>>);

/// Sends requests of `kube` for one collection.
#[derive(Clone)]
pub(super) struct Transport {
    provider: ProviderClient,
    collect: CollectRequest,
    age: Age,
    /// Where our own spans and events go, while those of `kube` go nowhere.
    telemetry: Dispatch,
}

/// A request under way.
type Sending = Pin<Box<dyn Future<Output = Result<http::Response<Body>, ReadError>> + Send>>;

// === impl Age ===

impl Age {
    /// `None`: nothing was answered yet.
    pub(super) fn oldest(&self) -> Option<DateTime<Utc>> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn learn(&self, reply: &Reply) {
        let at = reply.observed_at();
        let mut oldest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *oldest = Some(oldest.map_or(at, |it| it.min(at)));
    }
}

// === impl Transport ===

impl Transport {
    pub(super) fn new(provider: &ProviderClient, collect: &CollectRequest, age: Age) -> Self {
        Self {
            provider: provider.clone(),
            collect: collect.clone(),
            age,
            telemetry: dispatcher::get_default(Dispatch::clone),
        }
    }

    async fn send(self, asked: http::Request<Body>) -> Result<http::Response<Body>, ReadError> {
        let request = request(asked).await?;
        let reply = self.provider.find(request, &self.collect).await?;
        self.age.learn(&reply);
        let mut response = http::Response::new(Body::from(reply.body().clone()));
        *response.status_mut() = status(&reply)?;
        Ok(response)
    }
}

impl Service<http::Request<Body>> for Transport {
    type Response = http::Response<Body>;
    type Error = ReadError;
    type Future = Sending;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ReadError>> {
        // The provider client lets everybody wait for a turn.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, asked: http::Request<Body>) -> Sending {
        let telemetry = self.telemetry.clone();
        Box::pin(self.clone().send(asked).with_subscriber(telemetry))
    }
}

/// The same for the provider client. Nothing but reads, and reviews, which change nothing.
async fn request(asked: http::Request<Body>) -> Result<Request, ReadError> {
    let (asked, body) = asked.into_parts();
    let (method, path) = (asked.method, asked.uri.path());
    let is_review = method == Method::POST && path.starts_with(REVIEWS);
    if method != Method::GET && !is_review {
        return Err(ReadError::Rejected);
    }
    let segments = path.trim_start_matches('/').split('/');
    let mut request = Request::new(method, segments).header(ACCEPT, JSON);
    let query = asked.uri.query().unwrap_or_default();
    for (key, value) in form_urlencoded::parse(query.as_bytes()) {
        request = request.query(key, value);
    }
    if !is_review {
        return Ok(request);
    }
    let body = body.collect_bytes().await;
    Ok(request.body(JSON, body.map_err(|_| ReadError::Rejected)?))
}

/// The status that `kube` is to see: that something does not exist is an answer, every other refusal ends here, also one
/// that has a good status.
fn status(reply: &Reply) -> Result<StatusCode, ReadError> {
    if reply.status() == StatusCode::NOT_FOUND {
        return Ok(StatusCode::NOT_FOUND);
    }
    match status::refusal(reply) {
        Ok(()) => Ok(reply.status()),
        Err(ReadError::NotFound) => Ok(StatusCode::NOT_FOUND),
        Err(error) => Err(error),
    }
}
