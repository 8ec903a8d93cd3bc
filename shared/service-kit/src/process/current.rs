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

use crate::server::Health;

/// What is served now. A clone is the same.
#[derive(Clone)]
pub(super) struct Current(Arc<ArcSwap<(Router, Health)>>);

// === impl Current ===

impl Current {
    pub fn new(served: (Router, Health)) -> Self {
        Self(Arc::new(ArcSwap::from_pointee(served)))
    }

    /// Calls from now on are answered by this. Those who watch the health of what was before are
    /// sent away, to come again.
    pub async fn replace(&self, served: (Router, Health)) {
        let before = self.0.swap(Arc::new(served));
        before.1.clone().end().await;
    }

    /// A router that asks, for each call, what is served then.
    pub fn router(&self) -> Router {
        Router::new().fallback_service(self.clone())
    }

    /// Ready when `shutdown` is, after all who ask were told.
    pub async fn until(self, shutdown: impl Future) {
        shutdown.await;
        let (_, health) = &**self.0.load();
        health.clone().until(std::future::ready(())).await;
    }
}

impl Service<Request<Body>> for Current {
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let (router, _) = &**self.0.load();
        router.clone().oneshot(request).boxed()
    }
}

#[cfg(test)]
mod tests;
