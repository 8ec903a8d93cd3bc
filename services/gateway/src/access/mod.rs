//! Who may call, and for what. Asked before anything is looked up, so that a refusal tells nothing
//! of what there is.

mod bearer;

use chrono::{DateTime, Utc};
use http::{HeaderMap, header::AUTHORIZATION};
use passport_evidence::Scope;
use passport_policy::{
    grants::{Grants, Verb},
    tokens::{Refusal, Tokens},
};
use passport_service_kit::{
    access::{self, Clients, Unusable},
    config::model,
    tls::Peer,
};
use tracing::{debug, warn};

use crate::call_error::CallError;

/// Who is admitted.
#[derive(Debug, Clone)]
pub struct Access(Admission);

#[derive(Debug, Clone)]
enum Admission {
    Everybody,
    Known { tokens: Tokens, clients: Clients },
}

/// Somebody who was admitted.
#[derive(Debug, Clone)]
pub struct Caller {
    name: String,
    rights: Rights,
}

#[derive(Debug, Clone)]
enum Rights {
    Everything,
    Granted(Grants),
}

// === impl Access ===

impl Access {
    /// Everybody may do everything. Only for a gateway without tokens that listens on loopback,
    /// where whoever reaches it can read its configuration as well.
    pub fn open_on_loopback() -> Self {
        Self(Admission::Everybody)
    }

    /// Bearers of these tokens, each for what it was granted. Without tokens: nobody.
    pub fn tokens(tokens: Tokens) -> Self {
        Self::known(tokens, Clients::default())
    }

    /// Bearers of these tokens and owners of these certificates, each for what it was granted.
    pub fn known(tokens: Tokens, clients: Clients) -> Self {
        Self(Admission::Known { tokens, clients })
    }

    /// The configured callers. Without any: nobody.
    ///
    /// # Errors
    /// Only where the loader's idea of a name differs from that of the evidence model.
    pub fn configured(gateway: &model::Gateway) -> Result<Self, Unusable> {
        let tokens = access::tokens(&gateway.tokens)?;
        Ok(Self::known(tokens, Clients::of(&gateway.clients)?))
    }

    /// Who is admitted by a configuration: its callers, or, where it has none, everybody.
    ///
    /// # Errors
    /// Only where the loader's idea of a name differs from that of the evidence model.
    pub fn of(gateway: &model::Gateway) -> Result<Self, Unusable> {
        match gateway.tokens.is_empty() && gateway.clients.is_empty() {
            true => Ok(Self::open_on_loopback()),
            false => Self::configured(gateway),
        }
    }

    /// Whether callers need to show nothing.
    pub fn admits_everybody(&self) -> bool {
        match self.0 {
            Admission::Everybody => true,
            Admission::Known { .. } => false,
        }
    }

    /// Finds out who calls, by the `authorization` header of HTTP or gRPC, or, where there is none,
    /// by the certificate of the connection. Who shows both is the bearer of the token: a header is
    /// meant for this call, a certificate only for the connection.
    ///
    /// # Errors
    /// [`CallError::Unauthenticated`], which is the same for a token that is absent, doubled,
    /// unknown or expired, and for a certificate of nobody who is known.
    pub fn authenticate(
        &self,
        headers: &HeaderMap,
        peer: Option<&Peer>,
        now: DateTime<Utc>,
    ) -> Result<Caller, CallError> {
        match &self.0 {
            Admission::Everybody => Ok(Caller::anybody()),
            Admission::Known { tokens, clients } => match headers.contains_key(AUTHORIZATION) {
                true => {
                    let presented = bearer::token(headers).ok_or_else(|| {
                        warn!("a caller with a credential that is no bearer token was refused");
                        CallError::Unauthenticated
                    })?;
                    let caller = admit(tokens, presented, now)?;
                    if let Some(peer) = peer {
                        debug!(caller = caller.name, %peer, "a token was shown with a certificate");
                    }
                    Ok(caller)
                }
                false => of_certificate(clients, peer),
            },
        }
    }
}

fn of_certificate(clients: &Clients, peer: Option<&Peer>) -> Result<Caller, CallError> {
    let peer = peer.ok_or_else(|| {
        warn!("a caller without a credential was refused");
        CallError::Unauthenticated
    })?;
    match clients.find(peer) {
        Some(client) => Ok(Caller {
            name: client.id.clone(),
            rights: Rights::Granted(client.grants.clone()),
        }),
        None => {
            warn!(%peer, "a certificate of nobody who is known was refused");
            Err(CallError::Unauthenticated)
        }
    }
}

fn admit(tokens: &Tokens, presented: &str, now: DateTime<Utc>) -> Result<Caller, CallError> {
    match tokens.find(presented, now) {
        Ok(token) => Ok(Caller {
            name: token.id.clone(),
            rights: Rights::Granted(token.grants.clone()),
        }),
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

// === impl Caller ===

impl Caller {
    fn anybody() -> Self {
        Self {
            name: "anybody-on-loopback".to_owned(),
            rights: Rights::Everything,
        }
    }

    /// Names the caller in records: the id of its token or of its entry among the clients.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether the verb was granted on the scope.
    ///
    /// # Errors
    /// [`CallError::Denied`], whether the scope is configured or not.
    pub fn may(&self, verb: Verb, scope: &Scope) -> Result<(), CallError> {
        let permitted = match &self.rights {
            Rights::Everything => true,
            Rights::Granted(grants) => grants.permits(scope, verb),
        };
        if !permitted {
            warn!(caller = self.name, verb = verb.as_str(), %scope, "denied");
        }
        permitted.then_some(()).ok_or(CallError::Denied(verb))
    }

    /// Whether the verb was granted on some scope or other, for what belongs to no scope.
    ///
    /// # Errors
    /// [`CallError::Denied`].
    pub fn may_anywhere(&self, verb: Verb) -> Result<(), CallError> {
        let permitted = match &self.rights {
            Rights::Everything => true,
            Rights::Granted(grants) => grants.permits_anywhere(verb),
        };
        if !permitted {
            warn!(
                caller = self.name,
                verb = verb.as_str(),
                "denied everywhere"
            );
        }
        permitted.then_some(()).ok_or(CallError::Denied(verb))
    }
}

#[cfg(test)]
mod tests;
