//! gRPC and HTTP on one port.

use std::sync::Arc;

use ::http::HeaderValue;
use axum::{Router, extract::Request, middleware::map_request};
use passport_service_kit::server::{Health, ServeError, grpc_routes};

use crate::{budget::LONGEST, gateway::Gateway, grpc::LimitedGateway, http};

/// gRPC with health and reflection, and HTTP with everything that it has, as one router. It
/// authenticates by itself. `render` gives the text of `/metrics`.
///
/// # Errors
/// Reflection can't be set up.
pub async fn router(
    gateway: Gateway,
    render: impl Fn() -> String + Send + Sync + 'static,
) -> Result<(Router, Health), ServeError> {
    let served = LimitedGateway::new(gateway.clone());
    let (grpc, health) = grpc_routes().with(served, LONGEST).into_router().await?;
    let state = http::Shared {
        gateway,
        health: health.clone(),
        metrics: Arc::new(render),
    };
    let http = http::router(state);
    Ok((http.merge(grpc.layer(map_request(with_deadline))), health))
}

/// A caller who gives no deadline gets the default one.
async fn with_deadline(mut request: Request) -> Request {
    let timeout = HeaderValue::from_static("10S");
    request
        .headers_mut()
        .entry("grpc-timeout")
        .or_insert(timeout);
    request
}
