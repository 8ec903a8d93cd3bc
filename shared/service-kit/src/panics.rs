//! A panic costs one call, and tells nobody more than where it was.

use std::{
    any::Any,
    io::{Write as _, stderr},
    panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind},
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::Response;
use http_body::{Frame, SizeHint};
use tonic::{Code, Status, body::Body};
use tower::BoxError;
use tower_http::catch_panic::CatchPanicLayer;

use crate::status;

/// From now on a panic of this process is told by its place alone: what it says, and the standard
/// library would write out, may hold what a call was about. The first thing that a program does.
pub fn tell_place_only() {
    std::panic::set_hook(Box::new(told));
}

fn told(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string);
    let place = place.as_deref().unwrap_or("an unknown place");
    if tracing::dispatcher::has_been_set() {
        tracing::error!(place, "panicked; what it said is withheld");
    } else {
        // Where nobody can read it, the exit code still tells.
        let _ = writeln!(stderr(), "panicked at {place}; what it said is withheld");
    }
}

/// Makes the answer to a call that panicked.
pub(crate) type Answer = fn(Box<dyn Any + Send>) -> Response<Body>;

/// Turns a panic in a call into `INTERNAL`. One in the body of its answer is for [`caught`].
pub(crate) fn layer() -> CatchPanicLayer<Answer> {
    CatchPanicLayer::custom(answer as Answer)
}

/// The text of the panic goes nowhere: it may hold what the call was about.
fn answer(_: Box<dyn Any + Send>) -> Response<Body> {
    fault().into_http()
}

fn fault() -> Status {
    tracing::error!("a call panicked");
    let message = "a fault of this service; its log says more";
    status::error(Code::Internal, "FAULT", message, None, Vec::new())
}

struct Caught {
    /// `None` after a panic.
    inner: Option<Body>,
}

/// The same answer, whose body turns a panic into `INTERNAL`.
pub(crate) fn caught<B>(response: Response<B>) -> Response<Body>
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    response.map(|body| {
        let inner = Some(Body::new(body));
        Body::new(Caught { inner })
    })
}

impl http_body::Body for Caught {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let Some(inner) = self.inner.as_mut() else {
            return Poll::Ready(None);
        };
        let polled = catch_unwind(AssertUnwindSafe(|| Pin::new(inner).poll_frame(context)));
        polled.unwrap_or_else(|_| {
            self.inner = None;
            Poll::Ready(Some(status::trailers(&fault())))
        })
    }

    fn is_end_stream(&self) -> bool {
        self.inner.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.as_ref().map(Body::size_hint).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
