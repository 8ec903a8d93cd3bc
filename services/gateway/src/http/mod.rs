//! The gateway over HTTP: the same answers as over gRPC, in the public JSON. Errors are problem
//! documents (RFC 9457).

mod body;
mod caller;
mod collect;
mod gate;
mod hooks;
mod ingest;
mod ledger;
pub mod openapi;
mod operate;
mod passports;
mod persons;
pub(crate) mod problem;
mod query;
pub(crate) mod routes;
mod sources;
mod status_page;
mod timeout;

use axum::{Router, extract::DefaultBodyLimit};
use passport_service_kit::{
    collector::CALL_LIMIT, process::InUse, server::Health, telemetry::Meters,
};

use crate::gateway::Gateway;

/// What every handler is given.
#[derive(Clone)]
pub(crate) struct Shared {
    pub gateway: Gateway,
    pub health: Health,
    /// Give the text of `/metrics`.
    pub meters: Meters,
    /// Which configuration is in use.
    pub configuration: InUse,
}

/// All routes of the table, and problems for everything else.
pub(crate) fn router(shared: Shared) -> Router {
    let routed = routes::all().fold(Router::new(), |router, route| {
        router.route(route.path, (route.handler)())
    });
    routed
        .method_not_allowed_fallback(problem::wrong_method)
        .fallback(problem::no_such_route)
        .layer(DefaultBodyLimit::max(CALL_LIMIT))
        .with_state(shared)
}
