//! The body of an answer ends at the deadline too: a stream may hang after its first message.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};
use tonic::{Status, body::Body};
use tower::BoxError;

use crate::status;

struct Ending {
    inner: Body,
    /// `None` once the deadline has ended the body.
    deadline: Option<Pin<Box<Sleep>>>,
}

/// The same body, cut off at the deadline with the trailers that say so.
pub(super) fn ending<B>(inner: B, by: Instant) -> Body
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    if inner.is_end_stream() {
        return Body::empty();
    }
    Body::new(Ending {
        inner: Body::new(inner),
        deadline: Some(Box::pin(sleep_until(by))),
    })
}

impl http_body::Body for Ending {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let Some(deadline) = self.deadline.as_mut() else {
            return Poll::Ready(None);
        };
        // A body that is always ready never lets the timer run, so the clock is asked as well.
        let is_over = Instant::now() >= deadline.deadline();
        if deadline.as_mut().poll(context).is_ready() || is_over {
            self.deadline = None;
            self.inner = Body::empty();
            return Poll::Ready(Some(status::trailers(&super::exceeded())));
        }
        Pin::new(&mut self.inner).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.deadline.is_none() || self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        // A length that the deadline may cut short is none.
        SizeHint::default()
    }
}
