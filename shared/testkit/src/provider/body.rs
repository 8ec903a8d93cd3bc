//! Bodies, made piece by piece while they are sent.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use futures::{Stream, StreamExt, future, stream};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;

/// Between two bytes of a slow body.
const PACE: Duration = Duration::from_millis(100);
/// Largest piece of a body.
const PIECE: u64 = 64 * 1024;

/// What is sent.
pub(super) type Sent = UnsyncBoxBody<Bytes, io::Error>;

/// What is to be sent.
#[derive(Debug, Clone)]
pub(super) enum Content {
    /// These bytes.
    Bytes(Bytes),
    /// A JSON text of this many bytes, its quotes among them.
    Big(u64),
}

// === impl Content ===

impl Content {
    pub(super) fn len(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            Self::Big(length) => *length,
        }
    }

    /// All of it.
    pub(super) fn whole(self) -> Sent {
        let end = self.len();
        sent(stream::iter(self.pieces(end, PIECE)))
    }

    /// One byte at a time, with a pause before each.
    pub(super) fn slowly(self) -> Sent {
        let end = self.len();
        sent(stream::iter(self.pieces(end, 1)).then(|piece| async {
            tokio::time::sleep(PACE).await;
            piece
        }))
    }

    /// Its first half; then `cut` is told, and nothing more comes.
    pub(super) fn half(self, cut: impl FnOnce() + Send + 'static) -> Sent {
        let end = self.len() / 2;
        let rest = stream::once(async move {
            cut();
            future::pending().await
        });
        sent(stream::iter(self.pieces(end, PIECE)).chain(rest))
    }

    /// The bytes before `end`, in pieces.
    fn pieces(self, end: u64, size: u64) -> impl Iterator<Item = Bytes> + Send {
        let mut at = 0;
        std::iter::from_fn(move || {
            let length = size.min(end.saturating_sub(at));
            let piece = self.piece(at, length);
            at = at.saturating_add(length);
            (length > 0).then_some(piece)
        })
    }

    fn piece(&self, at: u64, length: u64) -> Bytes {
        let size = usize::try_from(length).unwrap_or_default();
        match self {
            Self::Bytes(bytes) => {
                let start = usize::try_from(at).unwrap_or(bytes.len()).min(bytes.len());
                bytes.slice(start..start.saturating_add(size).min(bytes.len()))
            }
            Self::Big(whole) => {
                let mut filler = vec![b'a'; size];
                let last = whole.saturating_sub(1);
                for (place, byte) in (at..).zip(&mut filler) {
                    if place == 0 || place == last {
                        *byte = b'"';
                    }
                }
                filler.into()
            }
        }
    }
}

fn sent(pieces: impl Stream<Item = Bytes> + Send + 'static) -> Sent {
    StreamBody::new(pieces.map(|piece| Ok(Frame::data(piece)))).boxed_unsync()
}
