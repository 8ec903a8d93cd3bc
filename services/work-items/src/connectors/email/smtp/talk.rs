//! Commands to a server, and its replies.

use std::{error::Error as _, fmt::Display, io};

use lettre::transport::smtp::{
    Error,
    authentication::{Credentials, Mechanism},
    client::AsyncSmtpConnection,
    commands::Ehlo,
    extension::{ClientId, ServerInfo},
    response::Response,
};
use passport_connector_sdk::CollectError;
use passport_evidence::FailureCode;
use tokio::time::{Instant, timeout_at};

use super::{lines::Lines, reply::Reply};

/// A server that said who it is, up to a moment.
pub struct Talk {
    connection: AsyncSmtpConnection,
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

impl From<&Error> for Broken {
    /// What an error means that no reply is.
    fn from(error: &Error) -> Self {
        let source = error.source().and_then(|it| it.downcast_ref::<io::Error>());
        match source.map(io::Error::kind) {
            None | Some(io::ErrorKind::InvalidData) => Self::Garbled,
            Some(_) => Self::Gone,
        }
    }
}

// === impl Talk ===

impl Talk {
    /// Hears who a server is, and says who asks. `None`: it does not go on with that.
    ///
    /// # Errors
    /// There is no reply.
    pub async fn begin(
        lines: Lines,
        hello: &ClientId,
        until: Instant,
    ) -> Result<Option<Self>, Broken> {
        let begun = AsyncSmtpConnection::connect_with_transport(Box::new(lines), hello);
        match in_time(until, begun).await? {
            Ok(connection) => Ok(Some(Self { connection, until })),
            Err(error) if error.status().is_some() => Ok(None),
            Err(error) => Err(Broken::from(&error)),
        }
    }

    /// What the server said that it can do, as far as lettre reads it.
    pub fn offers(&self) -> &ServerInfo {
        self.connection.server_info()
    }

    /// Sends a command, and reads the reply to it.
    pub async fn ask(&mut self, command: impl Display) -> Result<Reply, Broken> {
        reply(&in_time(self.until, self.connection.command(command)).await?)
    }

    /// Whether a server that is greeted once more says that it can do what a word stands for: of such
    /// words lettre reads a few alone.
    pub async fn is_offered(&mut self, word: &str, hello: &ClientId) -> Result<bool, Broken> {
        let greeted = self.connection.command(Ehlo::new(hello.clone()));
        let greeted = in_time(self.until, greeted).await?;
        reply(&greeted)?;
        let Ok(response) = greeted else {
            return Ok(false);
        };
        let mut offers = response
            .message()
            .skip(1)
            .filter_map(|it| it.split(' ').next());
        Ok(offers.any(|it| it.eq_ignore_ascii_case(word)))
    }

    /// Logs in by the first of the ways that is offered. `None`: the server asked for something else.
    pub async fn log_in(
        &mut self,
        ways: &[Mechanism],
        credentials: &Credentials,
    ) -> Result<Option<Reply>, Broken> {
        let answered = in_time(self.until, self.connection.auth(ways, credentials)).await?;
        match &answered {
            Err(error) if error.is_client() => Ok(None),
            Ok(_) | Err(_) => reply(&answered).map(Some),
        }
    }

    /// Sends a message, and reads the reply to it.
    pub async fn hand_over(&mut self, message: &[u8]) -> Result<Reply, Broken> {
        reply(&in_time(self.until, self.connection.message(message)).await?)
    }
}

async fn in_time<T>(until: Instant, asked: impl Future<Output = T>) -> Result<T, Broken> {
    timeout_at(until, asked).await.map_err(|_| Broken::Late)
}

/// A reply, whatever it says. To lettre one that refuses is an error.
fn reply(answered: &Result<Response, Error>) -> Result<Reply, Broken> {
    let error = match answered {
        Ok(response) => return Ok(Reply::from(response)),
        Err(error) => error,
    };
    let text = || error.source().map(ToString::to_string).unwrap_or_default();
    let refused = error.status().map(|code| Reply::new(code, &text()));
    refused.ok_or_else(|| Broken::from(error))
}
