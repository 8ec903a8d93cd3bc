//! A call keeps its place until its answer is handed over.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::body::Body;
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::time::sleep;
use tokio_util::task::AbortOnDropHandle;

use super::Place;

/// Longer than any call may take: by then the caller has stopped to read, and would keep others
/// from their answers.
const LONGEST: Duration = Duration::from_secs(150);

type Shared = Arc<Mutex<Option<Place>>>;

struct Held {
    inner: Body,
    place: Shared,
    _frees: AbortOnDropHandle<()>,
}

/// The same body. The place is free when its last frame is handed over, or nobody wants it any
/// more, or nobody has taken it for long.
pub(super) fn held(inner: Body, place: Place) -> Body {
    if http_body::Body::is_end_stream(&inner) {
        return inner;
    }
    let place: Shared = Arc::new(Mutex::new(Some(place)));
    let late = Arc::clone(&place);
    let frees = tokio::spawn(async move {
        sleep(LONGEST).await;
        free(&late);
    });
    Body::new(Held {
        inner,
        place,
        _frees: AbortOnDropHandle::new(frees),
    })
}

fn free(place: &Shared) {
    drop(place.lock().unwrap_or_else(PoisonError::into_inner).take());
}

impl Drop for Held {
    fn drop(&mut self) {
        // The task that frees it late may hold it a moment longer.
        free(&self.place);
    }
}

impl http_body::Body for Held {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.inner).poll_frame(context));
        // Before the caller sees the end: its next call finds the place free.
        let goes_on = matches!(&frame, Some(Ok(frame)) if frame.is_data());
        if !goes_on || self.inner.is_end_stream() {
            free(&self.place);
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
