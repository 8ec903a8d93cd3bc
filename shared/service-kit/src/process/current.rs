//! What is served now. It can be replaced while calls go on: each ends where it was begun.

use std::{
    convert::Infallible,
    sync::Arc,
    task::{Context, Poll},
};

use arc_swap::ArcSwap;
use axum::{Router, body::Body, response::Response};
use futures::{FutureExt as _, future::BoxFuture};
use http::Request;
use tower::{Service, ServiceExt as _};

use super::Served;

/// What is served now. A clone is the same.
#[derive(Clone)]
pub(super) struct Current(Arc<ArcSwap<Served>>);

/// One port of what is served now.
#[derive(Clone)]
struct At {
    current: Current,
    port: Port,
}

#[derive(Clone, Copy)]
enum Port {
    Own,
    OfSenders,
}

// === impl Current ===

impl Current {
    pub fn new(served: Served) -> Self {
        Self(Arc::new(ArcSwap::from_pointee(served)))
    }

    /// Calls from now on are answered by this. Those who watch the health of what was before are
    /// sent away, to come again.
    pub async fn replace(&self, served: Served) {
        let before = self.0.swap(Arc::new(served));
        before.end().await;
    }

    /// A router that asks, for each call, what is served then.
    pub fn router(&self) -> Router {
        self.at(Port::Own)
    }

    /// The same for the port of those who push.
    pub fn of_senders(&self) -> Router {
        self.at(Port::OfSenders)
    }

    fn at(&self, port: Port) -> Router {
        let current = self.clone();
        Router::new().fallback_service(At { current, port })
    }

    /// Ready when `shutdown` is, after all who ask were told.
    pub async fn until(self, shutdown: impl Future) {
        shutdown.await;
        let served = self.0.load_full();
        served.leave().await;
        served.end().await;
    }
}

// === impl At ===

impl At {
    /// Without a port of those who push there is nothing to be found on it.
    fn router(&self) -> Router {
        let served = self.current.0.load();
        match (self.port, &served.senders) {
            (Port::Own, _) => served.router.clone(),
            (Port::OfSenders, Some((router, _))) => router.clone(),
            (Port::OfSenders, None) => Router::new(),
        }
    }
}

impl Service<Request<Body>> for At {
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        self.router().oneshot(request).boxed()
    }
}

#[cfg(test)]
mod tests;
