//! How many bytes of deliveries the gateway holds at once, over all senders.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::sync::Semaphore;
use tonic::{Status, body::Body};

use crate::call_error::CallError;

/// Bytes of all bodies together.
pub(crate) const WHOLE: usize = 256 << 20;

/// Where bodies are held. A clone is the same room.
#[derive(Clone)]
pub(crate) struct Room(Arc<Semaphore>);

/// What one delivery holds of a room. Bytes count as they come in, so that a sender who announces
/// much and sends nothing keeps nobody out; dropping this frees them.
pub(crate) struct Held {
    room: Arc<Semaphore>,
    bytes: AtomicUsize,
}

// === impl Room ===

impl Room {
    pub fn of(bytes: usize) -> Self {
        Self(Arc::new(Semaphore::new(bytes)))
    }

    /// Holds nothing yet.
    pub fn hold(&self) -> Held {
        Held {
            room: Arc::clone(&self.0),
            bytes: AtomicUsize::new(0),
        }
    }
}

// === impl Held ===

impl Held {
    /// Takes so many bytes more.
    pub fn take(&self, bytes: usize) -> Result<(), CallError> {
        let many = u32::try_from(bytes).map_err(|_| CallError::NoRoom)?;
        let taken = self.room.try_acquire_many(many);
        taken.map_err(|_| CallError::NoRoom)?.forget();
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        Ok(())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.room.add_permits(*self.bytes.get_mut());
    }
}

// === over gRPC ===

struct Counted {
    inner: Body,
    held: Arc<Held>,
}

/// The same body, whose bytes are taken from the room as they come in.
pub(crate) fn counted(inner: Body, held: Arc<Held>) -> Body {
    Body::new(Counted { inner, held })
}

impl http_body::Body for Counted {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let Some(frame) = ready!(Pin::new(&mut self.inner).poll_frame(context)?) else {
            return Poll::Ready(None);
        };
        let bytes = frame.data_ref().map_or(0, Bytes::len);
        Poll::Ready(Some(
            self.held.take(bytes).map(|()| frame).map_err(Status::from),
        ))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
