//! A call keeps its place until its answer is handed over.

use std::{
    collections::BTreeMap,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::body::Body;
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::time::Instant;

use super::Place;

/// Longer than any call may take: by then the caller has stopped to read, and would keep others
/// from their answers.
const LONGEST: Duration = Duration::from_secs(150);

/// The places of answers that are on their way. A clone has the same.
#[derive(Default, Clone)]
pub(super) struct Answers(Arc<Mutex<Held>>);

/// By the order in which they were begun.
#[derive(Default)]
struct Held {
    next: u64,
    places: BTreeMap<u64, (Instant, Place)>,
}

struct Counted {
    inner: Body,
    number: u64,
    answers: Answers,
}

// === impl Answers ===

impl Answers {
    /// The same body. The place is free when its last frame is handed over, nobody wants it any
    /// more, or nobody has taken it for long and another call needs the place.
    pub fn hold(&self, inner: Body, place: Place) -> Body {
        if http_body::Body::is_end_stream(&inner) {
            return inner;
        }
        let mut held = self.held();
        let number = held.next;
        held.next += 1;
        held.places.insert(number, (Instant::now(), place));
        drop(held);
        Body::new(Counted {
            inner,
            number,
            answers: self.clone(),
        })
    }

    /// Frees the places of those who have stopped to read. Looked for only when one is needed: a timer
    /// for each answer would cost every call what few ever need.
    pub fn free_late(&self) {
        let mut held = self.held();
        let late = |(begun, _): &(Instant, Place)| begun.elapsed() >= LONGEST;
        while held
            .places
            .first_key_value()
            .is_some_and(|(_, it)| late(it))
        {
            held.places.pop_first();
        }
    }

    fn free(&self, number: u64) {
        self.held().places.remove(&number);
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.answers.free(self.number);
    }
}

impl http_body::Body for Counted {
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
            self.answers.free(self.number);
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
