//! A connection, of which each line is handed over by itself.

use std::{
    fmt, io,
    net::SocketAddr,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
};

use lettre::transport::smtp::client::AsyncTokioStream;
use passport_connector_sdk::provider::Connection;
use tokio::io::{AsyncBufRead, AsyncRead, AsyncWrite, BufReader, ReadBuf};

/// Longest line of a reply, almost twice what a server may send (RFC 5321, section 4.5.3.1.5).
const MAX_LINE: usize = 1_000;
/// Digits of a code.
const CODE: usize = 3;
/// Said in place of a server that said who it is before its connection went on in TLS.
const GREETING: &[u8] = b"220 \r\n";

/// A connection whose reader gets one line at a time: what came together with that line is not in the
/// reader's hands, where it would be taken for an answer to what is sent later. Lines are made plain on the
/// way: their texts are for people, in whatever encoding, and end up nowhere.
#[derive(Clone)]
pub struct Lines(Arc<Mutex<State>>);

struct State {
    stream: BufReader<Connection>,
    /// As much as came of the next line.
    begun: Vec<u8>,
    /// The line that is handed over.
    line: Vec<u8>,
    /// How much of it was.
    given: usize,
}

// === impl Lines ===

impl Lines {
    /// Lines of a server that has said nothing yet.
    pub fn new(connection: Connection) -> Self {
        Self::beginning(connection, &[])
    }

    /// Lines of a server that goes on, with a greeting before them.
    pub fn greeted(connection: Connection) -> Self {
        Self::beginning(connection, GREETING)
    }

    fn beginning(connection: Connection, line: &[u8]) -> Self {
        Self(Arc::new(Mutex::new(State {
            stream: BufReader::new(connection),
            begun: Vec::new(),
            line: line.to_vec(),
            given: 0,
        })))
    }

    /// The connection, once nobody else reads it; `None`: somebody does, or something was said that nobody
    /// asked for.
    pub fn into_inner(self) -> Option<Connection> {
        let state = Arc::into_inner(self.0)?;
        let state = state.into_inner().unwrap_or_else(PoisonError::into_inner);
        (!state.is_ahead()).then(|| state.stream.into_inner())
    }

    fn with<T>(&self, what: impl FnOnce(&mut State) -> T) -> T {
        // Nothing is left half done where a step ends early.
        what(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl fmt::Debug for Lines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lines").finish_non_exhaustive()
    }
}

impl AsyncTokioStream for Lines {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        // The guard knows, and nobody asks.
        Err(io::ErrorKind::Unsupported.into())
    }
}

impl AsyncRead for Lines {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.with(|it| it.poll_read(cx, buf))
    }
}

impl AsyncWrite for Lines {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.with(|it| match it.is_ahead() {
            true => Poll::Ready(Err(io::ErrorKind::InvalidData.into())),
            false => Pin::new(it.stream.get_mut()).poll_write(cx, bytes),
        })
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.with(|it| Pin::new(it.stream.get_mut()).poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.with(|it| Pin::new(it.stream.get_mut()).poll_shutdown(cx))
    }
}

// === impl State ===

impl State {
    /// Whether the server said more than anybody waited for.
    fn is_ahead(&self) -> bool {
        self.given < self.line.len() || !self.stream.buffer().is_empty()
    }

    fn poll_read(&mut self, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.given >= self.line.len() {
            self.line.clear();
            self.given = 0;
            ready!(self.poll_line(cx))?;
        }
        let left = self.line.get(self.given..).unwrap_or_default();
        let now = left.get(..buf.remaining()).unwrap_or(left);
        buf.put_slice(now);
        self.given = self.given.saturating_add(now.len());
        Poll::Ready(Ok(()))
    }

    /// Fetches the next line whole.
    fn poll_line(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.begun.ends_with(b"\n") {
            let chunk = ready!(Pin::new(&mut self.stream).poll_fill_buf(cx))?;
            if chunk.is_empty() {
                return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
            }
            let end = chunk.iter().position(|it| *it == b'\n');
            let count = end.map_or(chunk.len(), |it| it.saturating_add(1));
            let taken = chunk.get(..count).unwrap_or(chunk);
            self.begun.extend_from_slice(taken);
            Pin::new(&mut self.stream).consume(count);
            if self.begun.len() > MAX_LINE {
                return Poll::Ready(Err(io::ErrorKind::InvalidData.into()));
            }
        }
        self.line = plain(&self.begun);
        self.begun.clear();
        Poll::Ready(Ok(()))
    }
}

/// A line without what only people read, ended as lettre wants it: some servers leave a byte of that out.
fn plain(line: &[u8]) -> Vec<u8> {
    let shown = |it: &u8| match it {
        b' '..=b'~' => *it,
        // What looks empty and is not would be read as a word by some.
        0..b' ' | 0x7f => b' ',
        0x80.. => b'?',
    };
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let mut plain: Vec<_> = line.iter().map(shown).collect();
    plain.truncate(plain.trim_ascii_end().len());
    // The text may be missing, and its blank with it (RFC 5321, section 4.2).
    if plain.len() == CODE {
        plain.push(b' ');
    }
    plain.extend_from_slice(b"\r\n");
    plain
}

#[cfg(test)]
mod tests;
