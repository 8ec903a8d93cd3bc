//! The first bytes of a connection tell which version of HTTP it speaks. Whoever sends only some of
//! them is waited for no longer than whoever sends none.

use std::{
    io::{self, ErrorKind},
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Sleep, sleep},
};

/// What a connection of HTTP/2 begins with.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// A stream whose reads fail until it is told, or too late to be told, which version it speaks.
pub(super) struct FirstBytes<S> {
    inner: S,
    /// Bytes that were as those of HTTP/2.
    alike: usize,
    /// `None` once the version is known: from then on HTTP has limits of its own.
    within: Option<Pin<Box<Sleep>>>,
}

// === impl FirstBytes ===

impl<S> FirstBytes<S> {
    pub fn within(inner: S, time: Duration) -> Self {
        Self {
            inner,
            alike: 0,
            within: Some(Box::pin(sleep(time))),
        }
    }

    fn saw(&mut self, bytes: &[u8]) {
        let left = PREFACE.get(self.alike..).unwrap_or_default();
        let alike = bytes.iter().zip(left).take_while(|(a, b)| a == b).count();
        self.alike += alike;
        if alike < bytes.len() || self.alike == PREFACE.len() {
            self.within = None;
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for FirstBytes<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let Some(within) = self.within.as_mut() else {
            return Pin::new(&mut self.inner).poll_read(context, buffer);
        };
        if within.as_mut().poll(context).is_ready() {
            return Poll::Ready(Err(ErrorKind::TimedOut.into()));
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(context, buffer))?;
        self.saw(buffer.filled().get(before..).unwrap_or_default());
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for FirstBytes<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}
