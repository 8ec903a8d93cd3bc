//! Lines to and from a server.

use passport_connector_sdk::{
    CollectError, ReadError,
    provider::{Connection, GuardedDial, SendError},
};
use passport_evidence::FailureCode;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    time::{Instant, timeout_at},
};

use super::reply::{Reply, is_last};

/// Longest line of a reply, four times what a server may send (RFC 5321, section 4.5.3.1.5), and most lines.
const MAX_LINE: u64 = 2_048;
const MAX_LINES: usize = 100;

/// Lines to and from a server, up to a moment.
pub struct Wire {
    stream: BufReader<Connection>,
    until: Instant,
}

/// Why there is no reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// The connection broke.
    #[error("the connection broke")]
    Gone,
    /// Nothing came in time.
    #[error("nothing came in time")]
    Late,
    /// What came is no reply, or was not asked for.
    #[error("what came is no reply to what was sent")]
    Garbled,
}

// === impl Broken ===

impl From<Broken> for CollectError {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Gone => Self::new(FailureCode::Unreachable),
            Broken::Late => Self::new(FailureCode::TimedOut),
            Broken::Garbled => Self::new(FailureCode::Malformed)
                .advising("what answers is no mail server; check host and port of the endpoint"),
        }
    }
}

/// Why there is no connection, or none that is to be trusted.
pub fn unconnected(error: SendError) -> CollectError {
    let failure = ReadError::from(error).failure();
    failure.unwrap_or_else(|| CollectError::new(FailureCode::Unreachable))
}

// === impl Wire ===

impl Wire {
    /// Over a connection, up to a moment.
    pub fn new(connection: Connection, until: Instant) -> Self {
        Self {
            stream: BufReader::new(connection),
            until,
        }
    }

    /// The same in TLS. What a server said before is not said by whom the certificate names: none of it may
    /// be left to be read.
    pub async fn secured(self, dial: &GuardedDial) -> Result<Self, CollectError> {
        self.nothing_is_left()?;
        let until = self.until;
        let secured = timeout_at(until, dial.secure(self.stream.into_inner())).await;
        let secured = secured.map_err(|_| CollectError::new(FailureCode::TimedOut))?;
        Ok(Self::new(secured.map_err(unconnected)?, until))
    }

    /// Sends a command, and reads the reply to it.
    pub async fn ask(&mut self, command: &str) -> Result<Reply, Broken> {
        // Everything in a command was checked before. Nothing could make two of one.
        if command.contains(['\r', '\n', '\0']) {
            return Err(Broken::Garbled);
        }
        self.nothing_is_left()?;
        self.send(format!("{command}\r\n").as_bytes()).await?;
        self.reply().await
    }

    /// Sends bytes.
    pub async fn send(&mut self, bytes: &[u8]) -> Result<(), Broken> {
        let sent = async {
            self.stream.write_all(bytes).await?;
            self.stream.flush().await
        };
        let sent = timeout_at(self.until, sent).await;
        sent.map_err(|_| Broken::Late)?.map_err(|_| Broken::Gone)
    }

    /// Reads a whole reply.
    pub async fn reply(&mut self) -> Result<Reply, Broken> {
        let mut lines = Vec::new();
        while lines.len() < MAX_LINES {
            let line = self.line().await?;
            let is_last = is_last(&line).ok_or(Broken::Garbled)?;
            lines.push(line);
            if is_last {
                return Reply::parse(&lines).ok_or(Broken::Garbled);
            }
        }
        Err(Broken::Garbled)
    }

    async fn line(&mut self) -> Result<String, Broken> {
        let mut bytes = Vec::new();
        let mut limited = (&mut self.stream).take(MAX_LINE);
        let read = limited.read_until(b'\n', &mut bytes);
        let read = timeout_at(self.until, read).await;
        let count = read.map_err(|_| Broken::Late)?.map_err(|_| Broken::Gone)?;
        let Some(line) = bytes.strip_suffix(b"\n") else {
            let is_long = u64::try_from(count) == Ok(MAX_LINE);
            return Err(if is_long {
                Broken::Garbled
            } else {
                Broken::Gone
            });
        };
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        Ok(String::from_utf8_lossy(line).into_owned())
    }

    fn nothing_is_left(&self) -> Result<(), Broken> {
        match self.stream.buffer().is_empty() {
            true => Ok(()),
            false => Err(Broken::Garbled),
        }
    }
}
