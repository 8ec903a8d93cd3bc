//! The code of a gRPC answer comes after its body.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use axum::body::Body;
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tower::BoxError;

use super::record::Record;

struct Recorded {
    inner: Body,
    record: Record,
}

/// The same body; the request counts as answered when it is dropped.
pub(super) fn recorded<B>(inner: B, record: Record) -> Body
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    Body::new(Recorded {
        inner: Body::new(inner),
        record,
    })
}

impl http_body::Body for Recorded {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.inner).poll_frame(context));
        let trailers = frame
            .as_ref()
            .and_then(|it| it.as_ref().ok()?.trailers_ref());
        if let Some(trailers) = trailers {
            self.record.trailed(trailers);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
