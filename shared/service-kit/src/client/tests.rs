mod calls;
mod collector;
mod deadlines;
mod faults;
mod hostile;
mod replicas;
mod server;
mod tls;
mod traces;

use std::time::Duration;

use passport_proto::{
    collector::{CollectRequest, collector_service_server::CollectorService},
    evidence::Scope,
};
use tokio::net::TcpListener;

use super::{CollectorCalls, CollectorClient, Far, FarError};
use crate::{
    collector::LimitedCollector,
    server::{grpc_routes, serve},
};

/// Longer than any test takes.
const AMPLE: Duration = Duration::from_secs(60);

/// The same collector, near and far.
async fn both<S: CollectorService + Clone>(service: S) -> [CollectorCalls; 2] {
    [near(service.clone()), far(service).await]
}

fn near(service: impl CollectorService) -> CollectorCalls {
    CollectorClient::in_process(service).for_caller("tests")
}

async fn far(service: impl CollectorService) -> CollectorCalls {
    let routes = grpc_routes().with(LimitedCollector::new(service), AMPLE);
    let (router, _health) = routes.into_router().await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let uri = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(serve(router, listener, std::future::pending::<()>(), AMPLE));
    at(&uri).unwrap().for_caller("tests")
}

/// A collector elsewhere that asks for nothing.
fn at(address: &str) -> Result<CollectorClient, FarError> {
    CollectorClient::far(Far {
        name: "obedient".to_owned(),
        address: address.to_owned(),
        ..Far::default()
    })
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
