//! What lies between the generated client and the collector.

use std::time::Duration;

use http::{HeaderValue, Request, Response, Uri, header::AUTHORIZATION, uri::Scheme};
use passport_proto::collector::collector_service_server::CollectorService;
use secrecy::{ExposeSecret as _, SecretString};
use tonic::{
    Status,
    body::Body,
    transport::{Channel, Endpoint},
};
use tower::{BoxError, Service, ServiceBuilder, ServiceExt as _, util::BoxCloneSyncService};

use super::readable::readable;
use crate::{
    collector::LimitedCollector, deadline::DeadlineLayer, panics, server::explained::explained,
};

/// One type for both, so that no one can ask which it is. The error is a type without a lifetime:
/// over a boxed one the compiler can't see that a call's future may move between threads.
pub(super) type Wire = BoxCloneSyncService<Request<Body>, Response<Body>, Status>;

/// Every call gives a deadline; none may be longer.
const LONGEST: Duration = Duration::from_secs(3_600);

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How often an idle connection is tried, and how long an answer to that may take: a peer that
/// went away without a word is noticed after the sum.
const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(20);
const KEEP_ALIVE_TIMEOUT: Duration = Duration::from_secs(10);

/// An address of a collector that can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FarError {
    /// Not a URI, or more than one needs.
    #[error("the address of a collector is `http://`, a host and a port")]
    Malformed,
    /// A token that no header can carry.
    #[error("the token of a collector has characters that no header can carry")]
    Token,
    /// Another scheme than `http`.
    #[error("collectors are reached over `http://` only")]
    Scheme,
}

pub(super) fn near<S: CollectorService>(service: S) -> Wire {
    let guarded = ServiceBuilder::new()
        .map_response(explained)
        .map_response(panics::caught)
        .layer(panics::layer())
        .service(LimitedCollector::new(service));
    wire(guarded)
}

pub(super) fn far(uri: &str) -> Result<Wire, FarError> {
    let uri: Uri = uri.parse().map_err(|_| FarError::Malformed)?;
    if uri.scheme() != Some(&Scheme::HTTP) {
        return Err(FarError::Scheme);
    }
    let has_userinfo = uri.authority().is_none_or(|it| it.as_str().contains('@'));
    if has_userinfo || uri.path() != "/" || uri.query().is_some() {
        return Err(FarError::Malformed);
    }
    let answering = ServiceBuilder::new()
        .map_response(readable)
        .service(channel(uri));
    Ok(wire(answering))
}

/// Every call shows the token.
pub(super) fn showing(wire: Wire, token: &SecretString) -> Result<Wire, FarError> {
    let bearer = format!("Bearer {}", token.expose_secret());
    let mut bearer = HeaderValue::from_str(&bearer).map_err(|_| FarError::Token)?;
    bearer.set_sensitive(true);
    let shown = ServiceBuilder::new()
        .map_request(move |mut request: Request<Body>| {
            request.headers_mut().insert(AUTHORIZATION, bearer.clone());
            request
        })
        .service(wire);
    Ok(BoxCloneSyncService::new(shown))
}

fn channel(uri: Uri) -> Channel {
    Endpoint::from(uri)
        .connect_timeout(CONNECT_TIMEOUT)
        .http2_keep_alive_interval(KEEP_ALIVE_INTERVAL)
        .keep_alive_timeout(KEEP_ALIVE_TIMEOUT)
        .keep_alive_while_idle(true)
        .connect_lazy()
}

fn wire<S, B>(service: S) -> Wire
where
    S: Service<Request<Body>, Response = Response<B>> + Clone + Send + Sync + 'static,
    S::Future: Send + 'static,
    S::Error: Into<BoxError> + Send,
    B: http_body::Body<Data = bytes::Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    let ended = ServiceBuilder::new()
        .layer(DeadlineLayer::at_most(LONGEST))
        .service(service)
        .map_err(|error| Status::from_error(error.into()));
    BoxCloneSyncService::new(ended)
}
