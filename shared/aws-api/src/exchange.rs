//! The SDK's requests, sent through the provider client: its addresses, budget, breaker, limits and deadline hold for
//! them as for any other, and no redirect is followed.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_smithy_async::rt::sleep::{AsyncSleep, Sleep};
use aws_smithy_runtime_api::client::{
    http::{
        HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
    },
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
    runtime_components::RuntimeComponents,
};
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http::{
    HeaderName,
    header::{CONTENT_LENGTH, CONTENT_TYPE, HOST, USER_AGENT},
};
use passport_connector_sdk::{CollectRequest, ProviderClient, ReadError, Reply, Request};
use tracing::{Dispatch, dispatcher::get_default, instrument::WithSubscriber as _};

/// Headers that the provider client sets itself, or not at all: a provider is not told of a trace. Without them a
/// signature holds: the first two say what they would, the others are not signed.
const OURS: [HeaderName; 4] = [
    CONTENT_LENGTH,
    HOST,
    USER_AGENT,
    HeaderName::from_static("x-amzn-trace-id"),
];

/// What one call sends, and what came of it.
#[derive(Debug, Clone)]
pub struct Exchange {
    provider: ProviderClient,
    /// Where requests go, and nowhere else.
    url: Arc<str>,
    request: CollectRequest,
    /// Who listens where the call was made.
    listener: Dispatch,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    /// How the last request ended.
    last: Option<Result<Reply, ReadError>>,
    /// Whether the deadline leaves no time for another.
    is_late: bool,
}

// === impl Exchange ===

impl Exchange {
    /// One call of a collection.
    pub fn new(provider: &ProviderClient, url: &Arc<str>, request: &CollectRequest) -> Self {
        Self {
            provider: provider.clone(),
            url: Arc::clone(url),
            request: request.clone(),
            listener: get_default(Dispatch::clone),
            state: Arc::default(),
        }
    }

    /// How the last request ended; `None`: none was sent.
    pub fn last(&self) -> Option<Result<Reply, ReadError>> {
        self.state().last.clone()
    }

    /// The answer after which nothing is asked again: a good one, or the last one that there was time for. What the
    /// SDK can't read it would ask for once more; whether it can be read is not the SDK's to say.
    fn settled(&self) -> Option<Reply> {
        let state = self.state();
        let last = state.last.as_ref()?.as_ref().ok()?;
        let is_settled = state.is_late || last.status().is_success();
        is_settled.then(|| last.clone())
    }

    async fn send(self, request: HttpRequest) -> Result<HttpResponse, ReadError> {
        if let Some(reply) = self.settled() {
            return response(&reply);
        }
        let outcome = match asked(request, &self.url) {
            Some(request) => self.provider.answer(request, &self.request).await,
            None => Err(ReadError::OutOfScope),
        };
        self.state().last = Some(outcome.clone());
        response(&outcome?)
    }

    /// Waits before the next request, unless there will be none.
    async fn pause(self, wait: std::time::Duration) {
        if self.settled().is_none() && !self.request.pause(wait).await {
            self.state().is_late = true;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere can't leave these two fields half written.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl HttpClient for Exchange {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Exchange {
    /// An error is of no kind that the SDK repeats: the provider client has done so where it can help.
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let sending = self.clone().send(request);
        let sending = sending.with_subscriber(self.listener.clone());
        HttpConnectorFuture::new(async move {
            let sent = sending.await;
            sent.map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

impl AsyncSleep for Exchange {
    fn sleep(&self, wait: std::time::Duration) -> Sleep {
        Sleep::new(self.clone().pause(wait))
    }
}

/// The request for the provider client; `None`: it would go elsewhere, or is none that can be sent again.
pub(crate) fn asked(request: HttpRequest, url: &str) -> Option<Request> {
    let request = request.try_into_http1x().ok()?;
    let (parts, body) = request.into_parts();
    let body = Bytes::copy_from_slice(body.bytes()?);
    let no_segments: [&str; 0] = [];
    let asked = Request::new(parts.method, no_segments);
    let asked = match parts.uri.to_string().strip_prefix(url)? {
        "" => asked,
        // The SDK ends the path of every endpoint with one.
        "/" => asked.with_trailing_slash(),
        _ => return None,
    };
    let content_type = parts.headers.get(CONTENT_TYPE)?.clone();
    let others = parts.headers.iter();
    let others = others.filter(|(name, _)| !OURS.contains(name) && *name != CONTENT_TYPE);
    let asked = asked.body(content_type, body);
    Some(others.fold(asked, |asked, (name, value)| {
        let mut value = value.clone();
        // The session's token stands among them, and the key's id.
        value.set_sensitive(true);
        asked.header(name.clone(), value)
    }))
}

/// The answer for the SDK. A header that is no text says nothing to it.
fn response(reply: &Reply) -> Result<HttpResponse, ReadError> {
    let body = SdkBody::from(reply.body().clone());
    let mut response = HttpResponse::new(reply.status().into(), body);
    for (name, value) in reply.headers() {
        if let Ok(value) = value.to_str() {
            let (name, value) = (name.as_str().to_owned(), value.to_owned());
            let added = response.headers_mut().try_append(name, value);
            added.map_err(|_| ReadError::Malformed)?;
        }
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn goes(endpoint: &str, uri: &str) -> bool {
        let request = http::Request::post(uri).header(CONTENT_TYPE, "application/x-amz-json-1.1");
        let request = request.body(SdkBody::from("{}")).unwrap();
        asked(request.try_into().unwrap(), endpoint).is_some()
    }

    #[test]
    fn a_request_goes_to_the_endpoint_or_nowhere() {
        let own = "https://ecs.eu-west-1.amazonaws.com";
        let prefixed = "https://proxy.example/aws";
        for (endpoint, uri) in [
            (own, "https://ecs.eu-west-1.amazonaws.com/"),
            (prefixed, "https://proxy.example/aws"),
            (prefixed, "https://proxy.example/aws/"),
        ] {
            assert!(goes(endpoint, uri), "{uri}");
        }
        for (endpoint, uri) in [
            (own, "http://ecs.eu-west-1.amazonaws.com/"),
            (own, "https://ecs.eu-west-1.amazonaws.com.example/"),
            (own, "https://ecs.eu-west-1.amazonaws.com:444/"),
            (own, "https://ecs.eu-west-1.amazonaws.com/other"),
            (own, "https://ecs.eu-west-1.amazonaws.com/?a=b"),
            (prefixed, "https://proxy.example/"),
            (prefixed, "https://proxy.example/aws-other/"),
            (prefixed, "https://proxy.example/aws/other"),
        ] {
            assert!(!goes(endpoint, uri), "{uri}");
        }
    }
}
