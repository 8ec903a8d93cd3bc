//! Calls to all replicas of one collector, each to one that is there and has little to do.

mod connect;
mod link;
mod load;
mod names;
mod replica;
mod replicas;

use std::{
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, Response};
use http_body_util::Full;
use tonic::body::Body;
use tower::Service;

use super::unanswered::Unanswered;
pub(super) use connect::Connector;
pub(super) use link::Link;
pub(super) use names::{Resolve, SystemNames};
pub(super) use replicas::Replicas;

/// Sends a call to a replica. Always ready: where no replica is, the call says so.
#[derive(Debug, Clone)]
pub(super) struct Balanced(Arc<Replicas>);

/// In the extensions of a request: not over this connection again.
#[derive(Debug, Clone)]
pub(super) struct NotAgain(pub Arc<Link>);

/// In the extensions of an answer: where it came from.
#[derive(Debug, Clone)]
pub(super) struct Via {
    pub link: Arc<Link>,
    /// Whether another replica could be asked the same.
    pub has_other: bool,
}

// === impl Balanced ===

impl Balanced {
    pub fn new(replicas: Replicas) -> Self {
        Self(Arc::new(replicas))
    }
}

impl Service<Request<Full<Bytes>>> for Balanced {
    type Response = Response<Body>;
    type Error = Unanswered;
    type Future = BoxFuture<'static, Result<Response<Body>, Unanswered>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Unanswered>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<Full<Bytes>>) -> Self::Future {
        let replicas = Arc::clone(&self.0);
        Box::pin(async move {
            let not = request.extensions_mut().remove().map(|NotAgain(link)| link);
            let link = replicas.pick(not.as_ref()).await?;
            let answer = Link::call(&link, request).await;
            let mut answer = answer.inspect_err(|_| replicas.look_up())?;
            let has_other = replicas.has_other(&link);
            answer.extensions_mut().insert(Via { link, has_other });
            Ok(answer)
        })
    }
}
