//! Who may call, and for what. Asked before anything is looked up, so that a refusal tells nothing
//! of what there is.

mod bearer;
mod caller;
mod hooks;
pub mod oidc;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use http::{HeaderMap, header::AUTHORIZATION};
use passport_policy::tokens::{Refusal, Tokens};
use passport_service_kit::{
    access::{self, Clients, Unusable},
    config::model,
    tls::Peer,
};
use tracing::{debug, warn};

use crate::call_error::CallError;
pub use caller::Caller;
pub use hooks::{Hook, Hooks};
use oidc::{Issuers, Keyring};

/// Who is admitted.
#[derive(Debug, Clone)]
pub struct Access {
    admission: Admission,
    hooks: Hooks,
}

#[derive(Debug, Clone)]
enum Admission {
    Everybody,
    Known(Known),
}

#[derive(Debug, Clone)]
struct Known {
    tokens: Tokens,
    clients: Clients,
    issuers: Issuers,
}

// === impl Access ===

impl Access {
    /// Everybody may do everything. Only for a gateway without tokens that listens on loopback,
    /// where whoever reaches it can read its configuration as well.
    pub fn open_on_loopback() -> Self {
        Self {
            admission: Admission::Everybody,
            hooks: Hooks::default(),
        }
    }

    /// Bearers of these tokens, each for what it was granted. Without tokens: nobody.
    pub fn tokens(tokens: Tokens) -> Self {
        Self::known(tokens, Clients::default(), Issuers::default())
    }

    /// Bearers of these tokens and of those of these issuers, and owners of these certificates, each for
    /// what it was granted.
    pub fn known(tokens: Tokens, clients: Clients, issuers: Issuers) -> Self {
        Self {
            admission: Admission::Known(Known {
                tokens,
                clients,
                issuers,
            }),
            hooks: Hooks::default(),
        }
    }

    /// The same, and these hooks.
    #[must_use]
    pub fn with_hooks(self, hooks: Hooks) -> Self {
        Self { hooks, ..self }
    }

    /// The configured callers. Without any: nobody. Keys of issuers that the keyring holds already
    /// are not fetched again.
    ///
    /// # Errors
    /// Only where the loader's idea of a name differs from that of the evidence model.
    pub fn configured(settings: &model::Settings, keyring: &Keyring) -> Result<Self, Unusable> {
        let gateway = &settings.gateway;
        Ok(Self::known(
            access::tokens(&gateway.tokens)?,
            Clients::of(&gateway.clients)?,
            Issuers::of(settings, keyring)?,
        )
        .with_hooks(Hooks::of(&gateway.hooks)?))
    }

    /// Who is admitted by a configuration: its callers, or, where it has none, everybody.
    ///
    /// # Errors
    /// Only where the loader's idea of a name differs from that of the evidence model.
    pub fn of(settings: &model::Settings, keyring: &Keyring) -> Result<Self, Unusable> {
        let gateway = &settings.gateway;
        let has_none = gateway.tokens.is_empty()
            && gateway.clients.is_empty()
            && gateway.oidc.is_empty()
            && gateway.hooks.is_empty();
        match has_none {
            true => Ok(Self::open_on_loopback()),
            false => Self::configured(settings, keyring),
        }
    }

    /// Whether callers need to show nothing.
    pub fn admits_everybody(&self) -> bool {
        match self.admission {
            Admission::Everybody => true,
            Admission::Known(_) => false,
        }
    }

    /// Finds out who calls, by the `authorization` header of HTTP or gRPC, or, where there is none,
    /// by the certificate of the connection. Who shows both is the bearer of the token: a header is
    /// meant for this call, a certificate only for the connection. May wait some seconds for the keys
    /// of an issuer, as long as its caller lets it.
    ///
    /// # Errors
    /// [`CallError::Unauthenticated`], which is the same for a token that is absent, doubled,
    /// unknown, expired or in any way not as it should be, and for a certificate of nobody who is
    /// known.
    pub async fn authenticate(
        &self,
        headers: &HeaderMap,
        peer: Option<&Peer>,
        now: DateTime<Utc>,
    ) -> Result<Caller, CallError> {
        match &self.admission {
            Admission::Everybody => Ok(Caller::anybody()),
            Admission::Known(known) => match headers.contains_key(AUTHORIZATION) {
                true => {
                    let presented = bearer::token(headers).ok_or_else(|| {
                        warn!("a caller with a credential that is no bearer token was refused");
                        CallError::Unauthenticated
                    })?;
                    let caller = known.bearer(presented, now).await?;
                    if let Some(peer) = peer {
                        let caller = caller.name();
                        debug!(caller, %peer, "a token was shown with a certificate");
                    }
                    Ok(caller)
                }
                false => of_certificate(&known.clients, peer),
            },
        }
    }

    /// Finds out which hook calls, by the token in the path. Also where everybody is admitted, as the
    /// token tells which scope is meant.
    ///
    /// # Errors
    /// As [`Hooks::admit`].
    pub fn hook(
        &self,
        presented: &str,
        now: DateTime<Utc>,
    ) -> Result<(Caller, Arc<Hook>), CallError> {
        self.hooks.admit(presented, now)
    }
}

// === impl Known ===

impl Known {
    /// The form of a token decides who judges it, so that no token has two chances.
    async fn bearer(&self, presented: &str, now: DateTime<Utc>) -> Result<Caller, CallError> {
        match !self.issuers.is_empty() && oidc::is_shaped(presented) {
            true => of_issuer(&self.issuers, presented, now).await,
            false => of_token(&self.tokens, presented, now),
        }
    }
}

async fn of_issuer(
    issuers: &Issuers,
    presented: &str,
    now: DateTime<Utc>,
) -> Result<Caller, CallError> {
    match issuers.admit(presented, now).await {
        Ok(bearer) => Ok(Caller::known(bearer.name, bearer.grants, bearer.person).of_issuer()),
        Err(refused) => {
            refused.log();
            Err(CallError::Unauthenticated)
        }
    }
}

fn of_certificate(clients: &Clients, peer: Option<&Peer>) -> Result<Caller, CallError> {
    let peer = peer.ok_or_else(|| {
        warn!("a caller without a credential was refused");
        CallError::Unauthenticated
    })?;
    match clients.find(peer) {
        Some(client) => {
            let (grants, person) = (client.grants.clone(), client.person.clone());
            Ok(Caller::known(client.id.clone(), grants, person))
        }
        None => {
            warn!(%peer, "a certificate of nobody who is known was refused");
            Err(CallError::Unauthenticated)
        }
    }
}

fn of_token(tokens: &Tokens, presented: &str, now: DateTime<Utc>) -> Result<Caller, CallError> {
    match tokens.find(presented, now) {
        Ok(token) => {
            let (grants, person) = (token.grants.clone(), token.person.clone());
            Ok(Caller::known(token.id.clone(), grants, person))
        }
        Err(Refusal::Expired { id }) => {
            warn!(token = id, "an expired token was refused");
            Err(CallError::Unauthenticated)
        }
        Err(Refusal::Unknown) => {
            warn!("an unknown token was refused");
            Err(CallError::Unauthenticated)
        }
    }
}

#[cfg(test)]
mod tests;
