//! A mail server, up to where it takes messages.

use passport_connector_sdk::{CollectError, Dial, secrets::Secret};
use passport_evidence::FailureCode;
use schemars::JsonSchema;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio::time::{Instant, timeout_at};

use super::{
    Class, Reply, Session,
    wire::{Wire, unconnected},
};

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
    pub async fn open(&self, until: Instant) -> Result<Session, CollectError> {
        let connected = timeout_at(until, self.dial.to.connect()).await;
        let connected = connected.map_err(|_| CollectError::new(FailureCode::TimedOut))?;
        let mut wire = Wire::new(connected.map_err(unconnected)?, until);
        if self.security == Security::Implicit {
            wire = wire.secured(&self.dial.to).await?;
        }
        done(&wire.reply().await?)?;
        let mut offers = self.hello(&mut wire).await?;
        if self.security == Security::Starttls {
            if offers.offer("STARTTLS").is_none() {
                return Err(unreachable().advising(NO_TLS));
            }
            let reply = wire.ask("STARTTLS").await?;
            done(&reply).map_err(|it| it.advising(NO_TLS))?;
            wire = wire.secured(&self.dial.to).await?;
            // What was said before TLS was said by anybody.
            offers = self.hello(&mut wire).await?;
        }
        if let Some(login) = &self.login {
            login.show(&mut wire, &offers).await?;
        }
        Ok(Session::new(wire, offers.offer("DSN").is_some()))
    }

    async fn hello(&self, wire: &mut Wire) -> Result<Reply, CollectError> {
        let reply = wire.ask(&format!("EHLO {}", self.hello)).await?;
        done(&reply)?;
        Ok(reply)
    }
}

/// A server that does not go on is one that is not there.
fn done(reply: &Reply) -> Result<(), CollectError> {
    match reply.class() {
        Some(Class::Done) => Ok(()),
        Some(Class::Continue | Class::Later | Class::Never) | None => Err(unreachable()),
    }
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
    async fn show(&self, wire: &mut Wire, offers: &Reply) -> Result<(), CollectError> {
        let ways = offers.offer("AUTH").unwrap_or_default();
        let offers = |way| ways.split([' ', '=']).any(|it| it == way);
        let (name, password) = (read(&self.username)?, read(&self.password)?);
        if offers("PLAIN") {
            let both = format!("\0{}\0{}", name.expose_secret(), password.expose_secret());
            let both = encoded(&SecretString::from(both));
            return accepted(&said(wire, "AUTH PLAIN ", &both).await?);
        }
        if !offers("LOGIN") {
            return Err(unauthenticated().advising(NO_LOGIN));
        }
        continues(&wire.ask("AUTH LOGIN").await?)?;
        continues(&said(wire, "", &encoded(&name)).await?)?;
        accepted(&said(wire, "", &encoded(&password)).await?)
    }
}

async fn said(
    wire: &mut Wire,
    command: &str,
    secret: &SecretString,
) -> Result<Reply, CollectError> {
    let line = SecretString::from(format!("{command}{}", secret.expose_secret()));
    Ok(wire.ask(line.expose_secret()).await?)
}

fn encoded(secret: &SecretString) -> SecretString {
    use base64::{Engine as _, prelude::BASE64_STANDARD};
    BASE64_STANDARD.encode(secret.expose_secret()).into()
}

/// A secret as it may stand in a login: with the byte that parts name and password it would be another.
fn read(secret: &Secret) -> Result<SecretString, CollectError> {
    let text = secret.read().ok();
    let text = text.filter(|it| !it.expose_secret().contains('\0'));
    text.ok_or_else(|| CollectError::new(FailureCode::NotConfigured))
}

fn continues(reply: &Reply) -> Result<(), CollectError> {
    match reply.class() {
        Some(Class::Continue) => Ok(()),
        Some(Class::Later) => Err(unreachable()),
        Some(Class::Done | Class::Never) | None => Err(unauthenticated()),
    }
}

fn accepted(reply: &Reply) -> Result<(), CollectError> {
    match reply.class() {
        Some(Class::Done) => Ok(()),
        Some(Class::Later) => Err(unreachable()),
        Some(Class::Continue | Class::Never) | None => Err(unauthenticated()),
    }
}
