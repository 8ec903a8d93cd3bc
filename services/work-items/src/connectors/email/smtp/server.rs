//! A mail server, up to where it takes messages.

use lettre::transport::smtp::{
    authentication::{Credentials, Mechanism},
    commands::Starttls,
    extension::{ClientId, Extension},
};
use passport_connector_sdk::{
    CollectError, Dial, ReadError,
    provider::{Connection, SendError},
    secrets::Secret,
};
use passport_evidence::FailureCode;
use schemars::JsonSchema;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio::time::{Instant, timeout_at};

use super::{
    Class, Session,
    lines::Lines,
    talk::{Broken, Talk},
};

/// How a name and a password are shown, the better one first.
const WAYS: [Mechanism; 2] = [Mechanism::Plain, Mechanism::Login];
/// What a server offers that can be asked for reports of delivery (RFC 3461, section 4).
const REPORTS: &str = "DSN";

/// Said where a server does not go on in TLS.
const NO_TLS: &str = "the server does not offer STARTTLS, and without it nothing is sent; use smtps:// if it listens so";
/// Said where a server takes no password.
const NO_LOGIN: &str = "the server offers no login by PLAIN or LOGIN; name the port for submission, such as 587, or remove the credential";

/// When a connection goes on in TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// By `STARTTLS`, before anything else is said. A server that does not offer it is told nothing.
    Starttls,
    /// From the first byte.
    Implicit,
    /// Never: only to this machine.
    None,
}

/// A name and a password.
#[derive(Debug, Clone)]
pub struct Login {
    /// The name.
    pub username: Secret,
    /// The password.
    pub password: Secret,
}

/// A mail server.
#[derive(Debug)]
pub struct Server {
    /// How it is connected to.
    pub dial: Dial,
    /// When that goes on in TLS.
    pub security: Security,
    /// Who sends; `None`: the server asks nobody.
    pub login: Option<Login>,
    /// What the sender calls itself.
    pub hello: String,
}

// === impl Server ===

impl Server {
    /// Connects, secures the connection and logs in.
    ///
    /// # Errors
    /// One of these was not to be had up to that moment. No message was spoken of.
    pub async fn open(&self, wants_reports: bool, until: Instant) -> Result<Session, CollectError> {
        let hello = ClientId::Domain(self.hello.clone());
        let connected = self.in_time(until, self.dial.to.connect()).await?;
        let lines = match self.security {
            Security::None => Lines::new(connected),
            Security::Implicit => Lines::new(self.secured(connected, until).await?),
            Security::Starttls => {
                let plain = started(Lines::new(connected), &hello, until).await?;
                Lines::greeted(self.secured(plain, until).await?)
            }
        };
        let mut talk = begun(lines, &hello, until).await?;
        let reports = wants_reports && talk.is_offered(REPORTS, &hello).await?;
        if let Some(login) = &self.login {
            login.show(&mut talk).await?;
        }
        Ok(Session::new(talk, reports))
    }

    async fn secured(
        &self,
        connection: Connection,
        until: Instant,
    ) -> Result<Connection, CollectError> {
        self.in_time(until, self.dial.to.secure(connection)).await
    }

    async fn in_time(
        &self,
        until: Instant,
        connecting: impl Future<Output = Result<Connection, SendError>>,
    ) -> Result<Connection, CollectError> {
        let connected = timeout_at(until, connecting).await;
        let connected = connected.map_err(|_| CollectError::new(FailureCode::TimedOut))?;
        connected.map_err(unconnected)
    }
}

/// Why there is no connection, or none that is to be trusted.
fn unconnected(error: SendError) -> CollectError {
    let failure = ReadError::from(error).failure();
    failure.unwrap_or_else(unreachable)
}

/// A server that does not go on is one that is not there.
async fn begun(lines: Lines, hello: &ClientId, until: Instant) -> Result<Talk, CollectError> {
    let talk = Talk::begin(lines, hello, until).await?;
    talk.ok_or_else(unreachable)
}

/// The connection, once a server is ready to go on in TLS. What it said before is not said by whom the
/// certificate names: none of it is kept, and nothing may be left to be read.
async fn started(
    lines: Lines,
    hello: &ClientId,
    until: Instant,
) -> Result<Connection, CollectError> {
    let mut talk = begun(lines.clone(), hello, until).await?;
    if !talk.offers().supports_feature(Extension::StartTls) {
        return Err(unreachable().advising(NO_TLS));
    }
    let reply = talk.ask(Starttls).await?;
    if reply.class() != Some(Class::Done) {
        return Err(unreachable().advising(NO_TLS));
    }
    drop(talk);
    let plain = lines.into_inner();
    plain.ok_or_else(|| Broken::Garbled.into())
}

fn unreachable() -> CollectError {
    CollectError::new(FailureCode::Unreachable)
}

fn unauthenticated() -> CollectError {
    CollectError::new(FailureCode::Unauthenticated)
}

// === impl Login ===

impl Login {
    /// Logs in by the first way that the server offers (RFC 4954).
    async fn show(&self, talk: &mut Talk) -> Result<(), CollectError> {
        let (name, password) = (read(&self.username)?, read(&self.password)?);
        if talk.offers().get_auth_mechanism(&WAYS).is_none() {
            return Err(unauthenticated().advising(NO_LOGIN));
        }
        let (name, password) = (name.expose_secret(), password.expose_secret());
        let credentials = Credentials::new(name.to_owned(), password.to_owned());
        let reply = talk.log_in(&WAYS, &credentials).await?;
        match reply.and_then(|it| it.class()) {
            Some(Class::Done) => Ok(()),
            Some(Class::Later) => Err(unreachable()),
            Some(Class::Continue | Class::Never) | None => Err(unauthenticated()),
        }
    }
}

/// A secret as it may stand in a login: with the byte that parts name and password it would be another.
fn read(secret: &Secret) -> Result<SecretString, CollectError> {
    let text = secret.read().ok();
    let text = text.filter(|it| !it.expose_secret().contains('\0'));
    text.ok_or_else(|| CollectError::new(FailureCode::NotConfigured))
}
