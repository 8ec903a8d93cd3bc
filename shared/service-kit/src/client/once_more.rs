//! A call that got no answer is made once more, elsewhere, where that does no harm.
//!
//! Nothing below this repeats a call, and nothing above it does.

mod begun;
mod tries;

use std::{
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, Response, request::Parts};
use http_body_util::{BodyExt as _, Full};
use tokio::time::Instant;
use tonic::{Status, body::Body};
use tower::{Service, ServiceExt as _};

use super::{
    balance::{Link, NotAgain},
    circuit::Heard,
    meters::ClientMeters,
    origin::Origin,
    unanswered::Unanswered,
};
use crate::deadline;
use begun::Begun;
use tries::{Tries, Why};

/// With less time than this a second call is of no use.
const LEAST: Duration = Duration::from_millis(20);

const USER_AGENT: &str = concat!("passport-mesh/", env!("CARGO_PKG_VERSION"));

/// Makes calls once more.
#[derive(Debug, Clone)]
pub(super) struct OnceMore<S> {
    inner: S,
    origin: Arc<Origin>,
    meters: ClientMeters,
}

/// A request that can be made again.
struct Kept {
    parts: Parts,
    body: Bytes,
    by: Option<Instant>,
    not: Option<Arc<Link>>,
}

// === impl OnceMore ===

impl<S> OnceMore<S> {
    pub fn new(inner: S, origin: Origin, meters: ClientMeters) -> Self {
        Self {
            inner,
            origin: Arc::new(origin),
            meters,
        }
    }
}

impl<S> Service<Request<Body>> for OnceMore<S>
where
    S: Service<Request<Full<Bytes>>, Response = Response<Body>, Error = Unanswered>,
    S: Clone + Send + Sync + 'static,
    S::Future: Send,
{
    type Response = Response<Body>;
    type Error = Status;
    type Future = BoxFuture<'static, Result<Response<Body>, Status>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Status>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let calls = self.clone();
        Box::pin(async move {
            let kept = Kept::of(request, &calls.origin).await?;
            calls.answer(kept).await
        })
    }
}

impl<S> OnceMore<S>
where
    S: Service<Request<Full<Bytes>>, Response = Response<Body>, Error = Unanswered>,
    S: Clone + Send + Sync + 'static,
    S::Future: Send,
{
    async fn answer(&self, mut kept: Kept) -> Result<Response<Body>, Status> {
        let mut tries = Tries::of(kept.parts.uri.path());
        loop {
            let (link, why, answer) = match self.once(&kept).await {
                Ok(begun) => match begun.refused {
                    Some((link, why)) => (link, why, Ok(begun.answer)),
                    None => return Ok(begun.answer),
                },
                Err(Unanswered::Lost { link, seen }) => {
                    let lost = Unanswered::Lost {
                        link: Arc::clone(&link),
                        seen,
                    };
                    (link, Why::of(seen), Err(Status::from(lost)))
                }
                Err(other) => return Err(other.into()),
            };
            if !tries.allow(why) || !kept.has_time() {
                return answer;
            }
            self.meters.repeated(why.as_str());
            kept.not = Some(link);
        }
    }

    async fn once(&self, kept: &Kept) -> Result<Begun, Unanswered> {
        let answer = self.inner.clone().oneshot(kept.request()).await?;
        if let Some(heard) = kept.parts.extensions.get::<Heard>() {
            heard.set();
        }
        Begun::of(answer).await
    }
}

// === impl Kept ===

impl Kept {
    async fn of(request: Request<Body>, origin: &Origin) -> Result<Self, Status> {
        let (mut parts, body) = request.into_parts();
        parts.uri = origin.join(&parts.uri);
        let agent = http::HeaderValue::from_static(USER_AGENT);
        parts.headers.insert(http::header::USER_AGENT, agent);
        Ok(Self {
            by: deadline::remaining(&parts.extensions),
            body: body.collect().await?.to_bytes(),
            parts,
            not: None,
        })
    }

    fn has_time(&self) -> bool {
        let left = |by: Instant| by.saturating_duration_since(Instant::now());
        self.by.is_none_or(|by| left(by) >= LEAST)
    }

    fn request(&self) -> Request<Full<Bytes>> {
        let mut parts = self.parts.clone();
        if let Some(by) = self.by {
            deadline::renew(&mut parts.headers, by);
        }
        if let Some(link) = &self.not {
            parts.extensions.insert(NotAgain(Arc::clone(link)));
        }
        Request::from_parts(parts, Full::new(self.body.clone()))
    }
}
