//! The generated collector server with the message limits that each call has.

use std::{
    convert::Infallible,
    sync::Arc,
    task::{Context, Poll},
};

use http::{Request, Response};
use passport_proto::collector::collector_service_server::{
    CollectorService, CollectorServiceServer, SERVICE_NAME,
};
use tonic::{body::Body, server::NamedService};
use tower::Service;

/// Bytes that a message may have: requests and answers of all calls but pushes.
pub const CALL_LIMIT: usize = 4 << 20;

/// Bytes that a pushed report may have with what surrounds it: a body of 32 MiB, its headers.
pub const PUSH_LIMIT: usize = 33 << 20;

const PUSH_PATH: &str = "/passport.collector.v1.CollectorService/Ingest";

/// The generated server, twice: its limits belong to a whole server object, and only `Ingest` may
/// take large messages.
pub struct LimitedCollector<S> {
    calls: CollectorServiceServer<S>,
    pushes: CollectorServiceServer<S>,
}

// === impl LimitedCollector ===

impl<S> LimitedCollector<S> {
    /// Serves the service, near or far.
    pub fn new(service: S) -> Self {
        let service = Arc::new(service);
        let limited = |request| {
            CollectorServiceServer::from_arc(Arc::clone(&service))
                .max_decoding_message_size(request)
                .max_encoding_message_size(CALL_LIMIT)
        };
        Self {
            calls: limited(CALL_LIMIT),
            pushes: limited(PUSH_LIMIT),
        }
    }
}

impl<S> Clone for LimitedCollector<S> {
    fn clone(&self) -> Self {
        Self {
            calls: self.calls.clone(),
            pushes: self.pushes.clone(),
        }
    }
}

impl<S: CollectorService> Service<Request<Body>> for LimitedCollector<S> {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = <CollectorServiceServer<S> as Service<Request<Body>>>::Future;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        match request.uri().path() == PUSH_PATH {
            true => self.pushes.call(request),
            false => self.calls.call(request),
        }
    }
}

impl<S> NamedService for LimitedCollector<S> {
    const NAME: &'static str = SERVICE_NAME;
}
