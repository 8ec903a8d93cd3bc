mod calls;
mod collector;
mod deadlines;
mod faults;
mod hostile;
mod traces;

use std::time::Duration;

use passport_proto::{
    collector::{CollectRequest, collector_service_server::CollectorService},
    evidence::Scope,
};
use tokio::net::TcpListener;

use super::CollectorClient;
use crate::{
    collector::LimitedCollector,
    server::{grpc_routes, serve},
};

/// Longer than any test takes.
const AMPLE: Duration = Duration::from_secs(60);

/// The same collector, near and far.
async fn both<S: CollectorService + Clone>(service: S) -> [CollectorClient; 2] {
    let near = CollectorClient::in_process(service.clone());
    [near, far(service).await]
}

async fn far(service: impl CollectorService) -> CollectorClient {
    let routes = grpc_routes().with(LimitedCollector::new(service), AMPLE);
    let (router, _health) = routes.into_router().await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let uri = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(serve(router, listener, std::future::pending::<()>(), AMPLE));
    CollectorClient::far(&uri).unwrap()
}

/// A request that makes the test collector do as it is told.
fn order(what: &str) -> CollectRequest {
    CollectRequest {
        scope: Some(Scope {
            service: what.to_owned(),
            ..Scope::default()
        }),
        ..CollectRequest::default()
    }
}
