//! One connection to one replica.

use std::{
    fmt,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, Response};
use http_body_util::Full;
use hyper::{
    body::Incoming,
    client::conn::{TrySendError, http2::SendRequest},
};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tonic::{Status, body::Body};
use tower::{
    Service,
    load::{Load as _, peak_ewma::Cost},
};

use super::load::{Loaded, loaded};
use crate::client::unanswered::{Cause, Seen, Unanswered};

type Unsent = TrySendError<Request<Full<Bytes>>>;

/// How long a replica that says that it is unavailable is left alone where there are others.
const ASIDE: Duration = Duration::from_secs(5);

/// One connection to one replica.
pub(in crate::client) struct Link {
    pub address: SocketAddr,
    calls: Mutex<Loaded<Sender>>,
    aside_until: Mutex<Option<Instant>>,
    ended: CancellationToken,
}

/// Hands calls to the connection.
struct Sender(SendRequest<Full<Bytes>>);

// === impl Link ===

impl Link {
    pub fn new(address: SocketAddr, sender: SendRequest<Full<Bytes>>) -> Self {
        Self {
            address,
            calls: Mutex::new(loaded(Sender(sender))),
            aside_until: Mutex::new(None),
            ended: CancellationToken::new(),
        }
    }

    /// Makes the call. A connection that is lost over it gets no more.
    pub async fn call(
        link: &Arc<Self>,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Body>, Unanswered> {
        let answer = locked(&link.calls).call(request);
        let mut error = match answer.await {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        let is_unsent = error.take_message().is_some();
        let error = error.into_error();
        let lost = |seen| Unanswered::Lost {
            link: Arc::clone(link),
            seen,
        };
        match Cause::of(&error) {
            Cause::TooMany => return Err(lost(Seen::Never)),
            Cause::Reset if !is_unsent => {
                return Err(Unanswered::Reset(Status::from_error(Box::new(error))));
            }
            Cause::Leaving | Cause::Reset | Cause::Broken => {}
        }
        link.end();
        let is_unseen = is_unsent || Cause::of(&error) == Cause::Leaving;
        Err(lost(match is_unseen {
            true => Seen::Never,
            false => Seen::Perhaps,
        }))
    }

    /// No more calls; those that are under way go on.
    pub fn end(&self) {
        self.ended.cancel();
    }

    pub fn is_ended(&self) -> bool {
        self.ended.is_cancelled()
    }

    /// Ready when the connection gets no more calls.
    pub async fn until_ended(&self) {
        self.ended.cancelled().await;
    }

    /// Leaves the replica alone for a while, where there are others.
    pub fn set_aside(&self) {
        *locked(&self.aside_until) = Some(Instant::now() + ASIDE);
    }

    pub fn is_aside(&self) -> bool {
        locked(&self.aside_until).is_some_and(|until| Instant::now() < until)
    }

    pub fn load(&self) -> Cost {
        locked(&self.calls).load()
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Link({})", self.address)
    }
}

/// Nothing panics while it holds one of these.
fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

// === impl Sender ===

impl Service<Request<Full<Bytes>>> for Sender {
    type Response = Response<Incoming>;
    type Error = Unsent;
    type Future = BoxFuture<'static, Result<Response<Incoming>, Unsent>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Unsent>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Full<Bytes>>) -> Self::Future {
        Box::pin(self.0.try_send_request(request))
    }
}
