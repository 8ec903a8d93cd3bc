//! A call ends at its deadline, whatever it is doing.
//!
//! Without a socket nobody enforces `grpc-timeout`, and over one a call that ran out of time comes
//! back as `CANCELLED`. This layer gives `DEADLINE_EXCEEDED` both ways, on either side.

mod body;
mod header;

use std::{
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Extensions, HeaderMap, Request, Response};
use tokio::time::{Instant, timeout_at};
use tonic::{Code, Status, body::Body};
use tower::{BoxError, Layer, Service};

use crate::status;

/// Ends calls at the deadline that the caller gave, or after the longest time that a call may
/// take. Dropping the inner call cancels it.
#[derive(Debug, Clone, Copy)]
pub struct DeadlineLayer {
    limits: Limits,
}

/// How long calls may take.
#[derive(Debug, Clone, Copy)]
struct Limits {
    at_most: Duration,
    but: Option<(&'static str, Duration)>,
}

/// What [`DeadlineLayer`] makes.
#[derive(Debug, Clone)]
pub struct Deadline<S> {
    inner: S,
    limits: Limits,
}

/// In the extensions of a request.
#[derive(Debug, Clone, Copy)]
struct AnswerBy(Instant);

/// The instant by which the call has to be answered; `None` where no [`DeadlineLayer`] is. A
/// server answers a margin earlier, to say what it could not find out.
///
/// The extensions are those of an `http::Request` or a `tonic::Request` alike.
pub fn remaining(extensions: &Extensions) -> Option<Instant> {
    extensions.get().map(|AnswerBy(instant)| *instant)
}

/// Says in the headers of a call how much of its time is left.
pub(crate) fn renew(headers: &mut HeaderMap, by: Instant) {
    header::write(headers, by.saturating_duration_since(Instant::now()));
}

// === impl DeadlineLayer ===

impl DeadlineLayer {
    /// A call without a deadline of its own, or with a longer one, ends after this time.
    pub const fn at_most(at_most: Duration) -> Self {
        Self {
            limits: Limits { at_most, but: None },
        }
    }

    /// The calls of one path may take another time: those that are meant to last.
    #[must_use]
    pub const fn but(mut self, path: &'static str, at_most: Duration) -> Self {
        self.limits.but = Some((path, at_most));
        self
    }
}

// === impl Limits ===

impl Limits {
    fn of(&self, path: &str) -> Duration {
        match self.but {
            Some((but, at_most)) if but == path => at_most,
            Some(_) | None => self.at_most,
        }
    }
}

impl<S> Layer<S> for DeadlineLayer {
    type Service = Deadline<S>;

    fn layer(&self, inner: S) -> Deadline<S> {
        Deadline {
            inner,
            limits: self.limits,
        }
    }
}

// === impl Deadline ===

impl<S, B, R> Service<Request<B>> for Deadline<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    S::Future: Send + 'static,
    S::Error: Send,
    R: http_body::Body<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Response<Body>, S::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let at_most = self.limits.of(request.uri().path());
        let wanted = header::read(request.headers()).unwrap_or(at_most);
        let allowed = wanted.min(at_most);
        let by = Instant::now() + allowed;
        request.extensions_mut().insert(AnswerBy(by));
        header::write(request.headers_mut(), allowed);
        let answer = self.inner.call(request);
        Box::pin(async move {
            match timeout_at(by, answer).await {
                Ok(Ok(response)) => Ok(response.map(|inner| body::ending(inner, by))),
                // A transport that ends the call at the same deadline says so in other words.
                Ok(Err(_)) if Instant::now() >= by => Ok(exceeded().into_http()),
                Ok(Err(error)) => Err(error),
                Err(_) => Ok(exceeded().into_http()),
            }
        })
    }
}

fn exceeded() -> Status {
    let message = "the call was not answered before its deadline";
    status::error(
        Code::DeadlineExceeded,
        "DEADLINE",
        message,
        None,
        Vec::new(),
    )
}

#[cfg(test)]
mod tests;
