//! gRPC and HTTP on one port.

use std::sync::Arc;

use ::http::HeaderValue;
use axum::{
    Router,
    extract::Request,
    middleware::{from_fn, map_request},
};
use passport_service_kit::{
    deadline::DeadlineLayer,
    limits::{Refuse, limited},
    process::Around,
    server::{Beside, Health, ServeError},
};

use crate::{
    budget::LONGEST,
    gate::watch,
    gateway::Gateway,
    grpc::{LimitedGateway, WATCH_PATH},
    http, own_host,
};

/// gRPC with health and reflection, and HTTP with everything that it has, as one router. It
/// authenticates by itself.
///
/// A gateway that admits everybody is reached under this machine's own names only.
///
/// # Errors
/// Reflection can't be set up.
pub async fn router(
    gateway: Gateway,
    around: &Around,
    beside: Beside,
) -> Result<(Router, Health), ServeError> {
    let admits_everybody = gateway.admits_everybody();
    let gateway = Arc::new(gateway);
    let served = LimitedGateway::new(Arc::clone(&gateway));
    let deadlines = DeadlineLayer::at_most(LONGEST).but(WATCH_PATH, watch::LONGEST);
    let grpc = beside.grpc.within(served, deadlines);
    let (grpc, health) = grpc.into_router().await?;
    gateway.watches.serve(&gateway, &health);
    let gateway = Gateway::clone(&gateway);
    let state = http::Shared {
        gateway,
        health: health.clone(),
        meters: around.meters.clone(),
        configuration: around.configuration.clone(),
    };
    let grpc = grpc.layer(map_request(with_deadline));
    let whole = http::router(state).merge(grpc).merge(beside.http);
    let whole = match admits_everybody {
        true => whole.layer(from_fn(own_host::required)),
        false => whole,
    };
    let refuse: Refuse = |headers, refusal| http::problem::refused(headers, refusal.into());
    let limited = limited(whole, &around.limits, !admits_everybody, refuse);
    Ok((limited, health))
}

/// A caller who gives no deadline gets the default one; who watches, the longest.
async fn with_deadline(mut request: Request) -> Request {
    let timeout = HeaderValue::from_static(match request.uri().path() == WATCH_PATH {
        true => "1H",
        false => "10S",
    });
    request
        .headers_mut()
        .entry("grpc-timeout")
        .or_insert(timeout);
    request
}
