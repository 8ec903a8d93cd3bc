//! What lies between the generated client and the collector.

use std::{sync::Arc, time::Duration};

use http::{HeaderValue, Request, Response, header::AUTHORIZATION};
use passport_proto::collector::collector_service_server::CollectorService;
use secrecy::{ExposeSecret as _, SecretString};
use tonic::{Status, body::Body};
use tower::{BoxError, Service, ServiceBuilder, ServiceExt as _, util::BoxCloneSyncService};

use super::{
    Far,
    balance::{Balanced, Connector, Replicas, Resolve},
    circuit::{Circuit, Switch},
    lost,
    meters::ClientMeters,
    once_more::OnceMore,
    origin::Origin,
    readable,
    tls::{ClientTls, TrustError},
};
use crate::{
    collector::LimitedCollector, deadline::DeadlineLayer, panics, server::explained::explained,
};

/// One type for both, so that no one can ask which it is. The error is a type without a lifetime:
/// over a boxed one the compiler can't see that a call's future may move between threads.
pub(super) type Wire = BoxCloneSyncService<Request<Body>, Response<Body>, Status>;

/// Every call gives a deadline; none may be longer.
const LONGEST: Duration = Duration::from_secs(3_600);

/// An address of a collector that can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FarError {
    /// Not a URI, or more than one needs.
    #[error("the address of a collector is a scheme, a host and a port")]
    Malformed,
    /// A token that no header can carry.
    #[error("the token of a collector has characters that no header can carry")]
    Token,
    /// Another scheme than those two.
    #[error("collectors are reached over `https://` or `http://`")]
    Scheme,
    /// Certificates or keys that can't be used.
    #[error(transparent)]
    Tls(#[from] TrustError),
}

/// A way to a collector elsewhere, and the state of its circuit.
pub(super) struct FarWire {
    pub wire: Wire,
    pub switch: Switch,
}

pub(super) fn near<S: CollectorService>(service: S) -> Wire {
    let guarded = ServiceBuilder::new()
        .map_response(explained)
        .map_response(panics::caught)
        .layer(panics::layer())
        .service(LimitedCollector::new(service));
    wire(guarded)
}

pub(super) fn far(far: Far, names: Arc<dyn Resolve>) -> Result<FarWire, FarError> {
    let origin = Origin::parse(&far.address)?;
    let meters = match &far.meter {
        Some(meter) => ClientMeters::new(meter, &far.name),
        None => ClientMeters::unread(&far.name),
    };
    let tls = origin.is_tls().then(|| ClientTls::load(far.tls));
    let connector = Connector {
        origin: origin.clone(),
        tls: tls.transpose()?,
        meters: meters.clone(),
    };
    let switch = Switch::new(meters.clone());
    let balanced = Balanced::new(Replicas::new(connector, names));
    let once_more = OnceMore::new(balanced, origin, meters);
    let answering = ServiceBuilder::new()
        .map_response(readable)
        .map_response(lost::told)
        .service(Circuit::new(once_more, switch.clone()));
    let wire = wire(answering);
    let wire = match &far.token {
        Some(token) => showing(wire, token)?,
        None => wire,
    };
    Ok(FarWire { wire, switch })
}

/// Every call shows the token.
fn showing(wire: Wire, token: &SecretString) -> Result<Wire, FarError> {
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
